import { randomUUID } from 'node:crypto'
import type { Deps } from '../src/deps.ts'
import { invitePlatformOwner } from '../src/features/identity/index.ts'
import type { Router } from '../src/http/router.ts'
import { requireDeclared } from './declared.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- tests read bodies of many shapes
export interface Answer<T = any> {
  status: number
  body: T
  headers: Headers
}

export interface CallOptions {
  headers?: Record<string, string>
  /** Sends this body as it is instead of JSON. */
  raw?: NonNullable<RequestInit['body']>
}

/** Somebody who calls the API with a cookie or a token. */
export interface Person {
  organisation: string
  cookie: string
  email: string
  get<T = any>(path: string, options?: CallOptions): Promise<Answer<T>> // oxlint-disable-line typescript/no-explicit-any
  send<T = any>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> // oxlint-disable-line typescript/no-explicit-any
  post<T = any>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> // oxlint-disable-line typescript/no-explicit-any
  /** The same organisation through a new API token. */
  withToken(scopes: string[], role?: string): Promise<Person>
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    body: isJson && text ? JSON.parse(text) : text,
    headers: response.headers,
  }
}

function personOf(
  app: Router,
  identity: { organisation: string; cookie: string; email: string },
  auth: Record<string, string>,
): Person {
  const send: Person['send'] = async (method, path, body, options = {}) => {
    const response = await app.request(path, {
      method,
      headers: {
        ...auth,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' && !options.headers?.['idempotency-key']
          ? { 'idempotency-key': randomUUID() }
          : {}),
        ...options.headers,
      },
      ...(options.raw === undefined ? {} : { body: options.raw }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await answerOf(response)
    requireDeclared(method, path, answer.status, answer.body)
    return answer
  }
  const person: Person = {
    ...identity,
    send,
    get: (path, options) => send('GET', path, undefined, options),
    post: (path, body, options) => send('POST', path, body, options),
    withToken: async (scopes, role = 'owner') => {
      const made = await send('POST', '/v1/tokens', { name: 'test', scopes, role })
      if (made.status !== 201) throw new Error(`no token: ${JSON.stringify(made.body)}`)
      return personOf(app, identity, { authorization: `Bearer ${made.body.secret}` })
    },
  }
  return person
}

/** Signs a person up without an organisation. */
export async function signUp(app: Router, email = `${randomUUID()}@example.test`): Promise<Person> {
  const response = await app.request('/auth/sign-up/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' },
    body: JSON.stringify({ name: 'Robin Test', email, password: 'a long enough password' }),
  })
  if (response.status !== 200) throw new Error(`no sign-up: ${response.status} ${await response.text()}`)
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return personOf(app, { organisation: '', cookie, email }, { cookie })
}

/** Signs a person up with an organisation of their own. */
export async function signUpOperator(
  app: Router,
  kind: 'operator' | 'provider' = 'operator',
): Promise<Person> {
  const person = await signUp(app)
  const made = await person.post('/v1/organisations', { name: 'Test Holdings', kind })
  if (made.status !== 201) throw new Error(`no organisation: ${JSON.stringify(made.body)}`)
  return { ...person, organisation: made.body.id }
}

/** Signs up somebody who joins this organisation with a role. */
export async function join(
  app: Router,
  owner: Person,
  role: 'owner' | 'manager' | 'certifier' | 'viewer',
): Promise<Person> {
  const person = await signUp(app)
  const invitation = await owner.post('/v1/invitations', { email: person.email, role })
  const joined = await person.post('/v1/invitations/accept', { secret: invitation.body.secret })
  if (joined.status !== 200) throw new Error(`not joined: ${JSON.stringify(joined.body)}`)
  return { ...person, organisation: joined.body.id }
}

/** Somebody who runs the marketplace, or certifies for it. */
export async function platformPerson(
  { app, deps }: { app: Router; deps: Deps },
  role: 'owner' | 'manager' | 'certifier' | 'viewer',
): Promise<Person> {
  const person = await signUp(app)
  const { secret } = await invitePlatformOwner(deps, person.email)
  const joined = await person.post('/v1/invitations/accept', { secret })
  if (joined.status !== 200) throw new Error(`not joined: ${JSON.stringify(joined.body)}`)
  const owner = { ...person, organisation: joined.body.id as string }
  return role === 'owner' ? owner : join(app, owner, role)
}

/** A business with usual values. */
export async function createBusiness(person: Person, values: Record<string, unknown> = {}): Promise<string> {
  const made = await person.post('/v1/businesses', {
    name: 'Harbour Gifts',
    currency: 'GBP',
    country: 'GB',
    timeZone: 'Europe/London',
    tags: ['retail'],
    ...values,
  })
  if (made.status !== 201) throw new Error(`no business: ${JSON.stringify(made.body)}`)
  return made.body.id
}
