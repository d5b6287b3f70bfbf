import { request, type APIRequestContext } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** The API as one person may call it. Every refusal is thrown with what it says. */
export interface Api {
  context: APIRequestContext
  get: <T>(path: string) => Promise<T>
  post: <T>(path: string, data?: object) => Promise<T>
  put: <T>(path: string, data: object) => Promise<T>
  upload: <T>(path: string, file: Upload) => Promise<T>
}

/** A file that an operator would upload, and what its columns mean. */
export interface Upload {
  name: string
  path: string
  mapping?: { dataset: string; columns: Record<string, string>; dateOrder?: string; decimal?: string }
}

export interface Person {
  name: string
  email: string
  password: string
}

interface Options {
  data?: object
  multipart?: Record<string, string | { name: string; mimeType: string; buffer: Buffer }>
}

/** Signs a person in or up, and keeps their cookies in the context. */
export async function enter(url: string, way: 'sign-in' | 'sign-up', person: Person): Promise<Api> {
  const context = await request.newContext({ baseURL: url, extraHTTPHeaders: { origin: url } })
  const answer = await context.post(`/auth/${way}/email`, { data: person })
  if (!answer.ok()) throw new Error(`${way} of ${person.email}: ${await answer.text()}`)
  return apiOf(context)
}

/** The API with the cookies that a file keeps. */
export async function enterAs(url: string, storageState: string): Promise<Api> {
  return apiOf(await request.newContext({ baseURL: url, storageState, extraHTTPHeaders: { origin: url } }))
}

function apiOf(context: APIRequestContext): Api {
  async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
    const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': randomUUID() } : {}
    const answer = await context.fetch(`/v1${path}`, { method, headers, timeout: 150_000, ...options })
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }
  return {
    context,
    get: (path) => call('GET', path),
    post: (path, data = {}) => call('POST', path, { data }),
    put: (path, data) => call('PUT', path, { data }),
    upload: async (path, { name, path: file, mapping }) => {
      const sent = { name, mimeType: 'text/csv', buffer: await readFile(file) }
      const multipart = { ...(mapping ? { mapping: JSON.stringify(mapping) } : {}), file: sent }
      return call('POST', path, { multipart })
    },
  }
}

/** Asks until the answer is as it should be. The test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (isSo(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
