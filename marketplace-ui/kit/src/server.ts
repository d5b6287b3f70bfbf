import { error, redirect, type RequestEvent } from '@sveltejs/kit'
import { createApi, type Answer, type Api, type Problem } from './transport.ts'

export type Asking = Pick<RequestEvent, 'request' | 'url' | 'cookies' | 'getClientAddress'>

/** The API on behalf of the reader of a request: their cookies, their address, from our own origin, for one organisation of theirs. */
export function apiFor(event: Asking, base: string, organisation: string | undefined): Api {
  return createApi(base, (url, init) => {
    const headers = new Headers(ownHeaders(event, base))
    if (organisation) headers.set('bizq-organisation', organisation)
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    return fetch(url, { ...init, redirect: 'manual', headers })
  })
}

function ownHeaders(event: Asking, base: string): Record<string, string> {
  const headers: Record<string, string> = {
    origin: new URL(base).origin,
    'sec-fetch-site': 'same-origin',
    'x-forwarded-for': event.getClientAddress(),
  }
  for (const name of ['cookie', 'accept-language', 'user-agent', 'x-request-id']) {
    const value = event.request.headers.get(name)
    if (value) headers[name] = value
  }
  return headers
}

/** The data of an answer that a page cannot do without; a refusal becomes the error page, or the way to sign in. */
export function need<T>(answer: Answer<T>, url: URL): T {
  if (!answer.problem) return answer.data
  if (answer.problem.status === 401)
    redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`)
  refuse(answer.problem)
}

export function refuse(problem: Problem): never {
  error(problem.status, {
    message: problem.title,
    ...(problem.detail ? { detail: problem.detail } : {}),
    ...(problem.requestId ? { requestId: problem.requestId } : {}),
  })
}
