import { createClient, type BizqClient } from '@bizq/client'

/** The API on behalf of somebody: typed calls, and bare ones for what passes through unread. */
export interface Api {
  client: BizqClient
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

/** What a call comes to: refusals are part of the business and are values. */
export type Answer<T> = { data: T; problem?: undefined } | { data?: undefined; problem: Problem }

/** The answer of a typed call. Throws only when the API cannot be reached. */
export async function answer<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Answer<T>> {
  const { data, error, response } = await call
  return response.ok ? { data: data as T } : { problem: problemOf(error, response) }
}

/** The answer of a bare call. */
export async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text()
  const body: unknown = readJson(text)
  return response.ok ? { data: body as T } : { problem: problemOf(body, response) }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(body: unknown, response: Response): Problem {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem> & {
    message?: string
  }
  return {
    ...given,
    type: given.type ?? 'about:blank',
    title: given.title ?? given.message ?? (response.statusText || `HTTP ${response.status}`),
    status: response.status,
  }
}

/** The header of an Idempotency-Key: a repeated call with the same key changes nothing. */
export function once(key: string | undefined): { headers: Record<string, string> } {
  return { headers: key ? { 'idempotency-key': key } : {} }
}

/** A query value as the API takes it: left out where it is empty. */
export function given<T extends string>(value: T | '' | null | undefined): T | undefined {
  return value || undefined
}

/** Calls the API by this `fetch`, which adds who is asking. */
export function createApi(base: string, send: (url: string, init: RequestInit) => Promise<Response>): Api {
  return {
    client: createClient({
      baseUrl: `${base}/v1`,
      fetch: async (request) => {
        const { method, headers, signal } = request
        const body = method === 'GET' || method === 'HEAD' ? undefined : await request.text()
        return send(request.url, { method, headers, signal, ...(body ? { body } : {}) })
      },
    }),
    send: (path, init) => send(`${base}${path}`, init),
  }
}

/** The API as this page's own origin, with the session cookie. A decision that is under way outlives its page. */
export const browserApi: Api = createApi('', (url, init) =>
  fetch(url, { ...init, keepalive: typeof init.body === 'string', headers: withOrganisation(init.headers) }),
)

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
