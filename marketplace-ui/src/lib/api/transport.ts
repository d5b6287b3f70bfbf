/** Carries calls to the API: on the server with the reader's cookies, in the browser by itself. */
export interface Api {
  send(path: string, init: RequestInit & { duplex?: 'half' }): Promise<Response>
}

/** An error of the API, RFC 9457. */
export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  errors?: { pointer: string; detail: string }[]
  requestId?: string
  [member: string]: unknown
}

export interface List<T> {
  items: T[]
  next: string | null
}

/** What a call comes to: refusals are part of the business and are values. */
export type Answer<T> = { data: T; problem?: undefined } | { data?: undefined; problem: Problem }

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>

interface CallOptions {
  query?: Query
  body?: unknown
  /** Idempotency-Key; a repeated call with the same key changes nothing. */
  key?: string | undefined
}

/** Calls the API and answers its JSON or its problem. Throws only when it cannot be reached. */
export async function call<T>(
  api: Api,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.key) headers['idempotency-key'] = options.key
  const init: RequestInit = { method, headers }
  if (options.body instanceof FormData) init.body = options.body
  else if (options.body !== undefined) {
    headers['content-type'] = 'application/json'
    init.body = JSON.stringify(options.body)
  }
  return answerOf<T>(await api.send(`${path}${search(options.query)}`, init))
}

export async function answerOf<T>(response: Response): Promise<Answer<T>> {
  if (response.ok) {
    if (response.status === 204) return { data: undefined as T }
    return { data: (await response.json()) as T }
  }
  return { problem: await problemOf(response) }
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text()
  try {
    const parsed = JSON.parse(text) as Partial<Problem> & { message?: string }
    return {
      ...parsed,
      type: parsed.type ?? 'about:blank',
      title: parsed.title ?? parsed.message ?? response.statusText,
      status: response.status,
    }
  } catch {
    return {
      type: 'about:blank',
      title: response.statusText || `HTTP ${response.status}`,
      status: response.status,
    }
  }
}

function search(query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? (value as string[]) : [String(value)]) params.append(name, one)
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** The last part of a problem's type, by which pages tell refusals apart. */
export function slugOf(problem: Problem): string {
  return problem.type.split('/').pop() ?? ''
}

/** The API as this page's own origin, with the session cookie. */
export const browserApi: Api = {
  // A decision that is under way outlives its page.
  send: (path, init) =>
    fetch(path, {
      ...init,
      keepalive: typeof init.body === 'string',
      headers: withOrganisation(init.headers),
    }),
}

function withOrganisation(given: HeadersInit | undefined): Headers {
  const headers = new Headers(given)
  const chosen = /(?:^|; )bizq_organisation=([^;]+)/.exec(document.cookie)?.[1]
  if (chosen) headers.set('bizq-organisation', chosen)
  return headers
}

/** A fresh Idempotency-Key. `crypto.randomUUID` is missing on plain http beyond this machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
