import type { Answer, Problem } from '@bizq/app-kit/transport.ts'

/** Uploads a file with progress, which `fetch` cannot tell. */
export function sendFile<T>(
  url: string,
  file: File,
  key: string,
  onprogress: (sent: number, total: number) => void,
): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append('file', file)
    request.open('POST', url)
    request.setRequestHeader('idempotency-key', key)
    const organisation = /(?:^|; )bizq_organisation=([^;]+)/.exec(document.cookie)?.[1]
    if (organisation) request.setRequestHeader('bizq-organisation', organisation)
    request.upload.addEventListener('progress', (event) => onprogress(event.loaded, event.total))
    request.addEventListener('load', () => resolve(answerOf<T>(request)))
    request.addEventListener('error', () => resolve({ problem: unreachable }))
    request.send(form)
  })
}

const unreachable: Problem = {
  type: 'about:blank',
  title: 'The connection broke off. Nothing was imported; send the file again.',
  status: 0,
}

function answerOf<T>(request: XMLHttpRequest): Answer<T> {
  try {
    const body = JSON.parse(request.responseText) as unknown
    if (request.status < 300) return { data: body as T }
    return { problem: body as Problem }
  } catch {
    return { problem: { type: 'about:blank', title: request.statusText, status: request.status } }
  }
}
