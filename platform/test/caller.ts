import { randomUUID } from 'node:crypto'

/** Somebody who calls a running installation over HTTP. */
export interface Caller {
  email: string
  cookie: string
  send<T = any>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> // oxlint-disable-line typescript/no-explicit-any
}

const password = 'a long enough password'

async function enter(url: string, way: 'sign-up' | 'sign-in', email: string): Promise<Caller> {
  const answer = await fetch(`${url}/auth/${way}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ name: 'Robin Test', email, password }),
  })
  if (!answer.ok) throw new Error(`${way}: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return {
    email,
    cookie,
    send: async (method, path, body) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          cookie,
          origin: url,
          ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, body: isJson ? JSON.parse(text) : text }
    },
  }
}

export async function signUpAt(url: string): Promise<Caller> {
  const caller = await enter(url, 'sign-up', `${randomUUID()}@example.test`)
  const made = await caller.send('POST', '/v1/organisations', { name: 'Test Holdings', kind: 'operator' })
  if (made.status !== 201) throw new Error(`no organisation: ${JSON.stringify(made.body)}`)
  return caller
}

export const signInAt = (url: string, email: string): Promise<Caller> => enter(url, 'sign-in', email)

export function addBusiness(caller: Caller, name: string) {
  return caller.send('POST', '/v1/businesses', {
    name,
    currency: 'GBP',
    country: 'GB',
    timeZone: 'Europe/London',
    tags: [],
  })
}
