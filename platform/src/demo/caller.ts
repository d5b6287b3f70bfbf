import { randomUUID } from 'node:crypto'
import type { SignIn } from './people.ts'

/** A signed-in person who calls the API over HTTP, as any program would. */
export interface Caller {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  upload<T>(path: string, file: { name: string; content: string | Buffer }, fields: object): Promise<T>
}

/** An answer that was not the one hoped for. */
export class RefusedError extends Error {
  readonly type: string
  readonly status: number
  constructor(what: string, status: number, body: string) {
    super(`${what} answered ${status}: ${body}`)
    this.status = status
    this.type = /"type":\s*"[^"]*?([\w-]+)"/.exec(body)?.[1] ?? ''
  }
}

/** Signs a person in, up first if need be. */
export async function enter(url: string, person: SignIn): Promise<Caller> {
  const up = await authenticate(url, 'sign-up', person)
  const answer = up.ok ? up : await authenticate(url, 'sign-in', person)
  if (!answer.ok) throw new RefusedError(`signing ${person.email} in`, answer.status, await answer.text())
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0])
  return callerOf(url, cookies.join('; '))
}

function authenticate(url: string, way: 'sign-up' | 'sign-in', { name, email, password }: SignIn) {
  return fetch(`${url}/auth/${way}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ name, email, password }),
  })
}

const jsonOf = (body: unknown) => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

function callerOf(url: string, cookie: string): Caller {
  async function call<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
    const headers = new Headers({ cookie, origin: url, 'idempotency-key': randomUUID() })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const answer = await fetch(`${url}/v1${path}`, { ...init, method, headers })
    const text = await answer.text()
    if (!answer.ok) throw new RefusedError(`${method} ${path}`, answer.status, text)
    return (text ? JSON.parse(text) : undefined) as T
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body = {}) => call('POST', path, jsonOf(body)),
    put: (path, body) => call('PUT', path, jsonOf(body)),
    upload: (path, { name, content }, fields) => {
      const form = new FormData()
      for (const [key, value] of Object.entries(fields))
        form.append(key, typeof value === 'string' ? value : JSON.stringify(value))
      form.append('file', new Blob([Buffer.from(content)]), name)
      return call('POST', path, { body: form })
    },
  }
}
