import { createHash } from 'node:crypto'
import type { PlatformChild } from './platform.ts'

/** Somebody who calls the API over HTTP. */
export interface Caller {
  get(path: string): Promise<Answer>
  /** `key` names the request among all of the year: it is the same however often it has to be sent. */
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, key: string, body?: unknown): Promise<Answer>
}

export interface Answer {
  status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies of many shapes
  body: any
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, body: isJson && text ? JSON.parse(text) : text }
}

const emailOf = (name: string) => `${name.toLowerCase().replaceAll(/\W/g, '-')}@example.test`

/** Signs a person up, or in where the sign-up was lost with its answer. */
export async function enter(platform: PlatformChild, url: string, name: string): Promise<Caller> {
  const email = emailOf(name)
  const way = (path: string) =>
    platform.request(`/auth/${path}/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ name, email, password: 'a long enough password' }),
    })
  const signedUp = await way('sign-up')
  const answer = signedUp.ok ? signedUp : await way('sign-in')
  if (!answer.ok) throw new Error(`${name} cannot enter: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const headers = { cookie, origin: url }
  return {
    get: async (path) => answerOf(await platform.request(path, { headers })),
    send: async (method, path, key, body) =>
      answerOf(
        await platform.request(path, {
          method,
          headers: {
            ...headers,
            'idempotency-key': createHash('sha256').update(key).digest('hex'),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
  }
}

export { emailOf }
