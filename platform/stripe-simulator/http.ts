import { createHash, randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { findAnswer, fingerprintOf, keepAnswer, type Answer } from './answers.ts'
import type { Route, Upload } from './call.ts'
import { expanded } from './expand.ts'
import { readForm, type FormGroup } from './form.ts'
import { createParams } from './params.ts'
import { permissionOf, requirePermission, type RestrictedKey } from './permissions.ts'
import { invalid, Refusal } from './refusal.ts'
import { apiVersion, createWorld, type Cause, type Ground } from './world.ts'

/** A request as it came in, for those who look on. */
export interface SeenRequest {
  method: string
  /** Without the query. */
  path: string
  /** Of a file its digest: what it holds is the `upload`. */
  params: FormGroup
  upload: Upload | undefined
  account: string | null
  version: string | null
  idempotencyKey: string | null
  status: number
  object: unknown
  /** Of a request with a restricted key: what it needed. */
  permission: string | null
}

export interface HttpDeps {
  ground: Ground
  secretKey: string
  restrictedKeys: readonly RestrictedKey[]
  routes: Route[]
  onRequest: ((seen: SeenRequest) => void) | undefined
  /** After something was kept: tells those who wait for it. */
  onChange: () => void
}

interface Compiled {
  method: string
  pattern: RegExp
  handle: Route[2]
  isReckoned: boolean
  /** How much of the path is fixed: the most exact route wins. */
  fixed: number
}

const compile = (routes: Route[]): Compiled[] =>
  routes
    .map(([method, path, handle, mode]) => ({
      method,
      handle,
      isReckoned: mode === 'reckoned',
      fixed: path.split('/').filter((part) => part !== ':').length,
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(':', '([^/]+)')}$`),
    }))
    .sort((a, b) => b.fixed - a.fixed)

/** A bearer token, or the user name of basic authentication. */
function keyOf(header: string | undefined): string | undefined {
  const [scheme, value = ''] = (header ?? '').split(' ')
  if (scheme === 'Bearer') return value
  if (scheme === 'Basic') return Buffer.from(value, 'base64').toString().split(':')[0]
  return undefined
}

/** The restricted key that was given, if it is one. */
function requireKey(
  header: string | undefined,
  { secretKey, restrictedKeys }: HttpDeps,
): RestrictedKey | undefined {
  const key = keyOf(header)
  const error = { type: 'invalid_request_error' } as const
  if (!key)
    throw new Refusal(401, {
      ...error,
      message:
        "You did not provide an API key. Give it in the Authorization header: 'Authorization: Bearer YOUR_SECRET_KEY'.",
    })
  const shown = `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`
  const restricted = restrictedKeys.find((each) => each.key === key)
  if (key !== secretKey && !restricted)
    throw new Refusal(401, { ...error, message: `Invalid API Key provided: ${shown}` })
  return restricted
}

interface Given {
  form: FormGroup
  upload: Upload | undefined
}

async function readParams(c: Context): Promise<Given> {
  const query = readForm(new URL(c.req.url).search.slice(1))
  if (c.req.method === 'GET') return { form: query, upload: undefined }
  const isMultipart = c.req.header('content-type')?.startsWith('multipart/form-data')
  if (isMultipart) return readMultipart(await readParts(c))
  return { form: { ...query, ...readForm(await c.req.text()) }, upload: undefined }
}

const readParts = (c: Context): Promise<FormData> =>
  c.req.formData().catch(() => {
    throw invalid('The multipart/form-data could not be read.')
  })

/** A file stands in the form by its digest: the same key with another file is another request. */
async function readMultipart(parts: FormData): Promise<Given> {
  const texts = new URLSearchParams()
  let upload: Upload | undefined
  for (const [param, value] of parts.entries()) {
    if (typeof value === 'string') texts.append(param, value)
    else {
      if (upload) throw invalid('One file at a time.', { param })
      upload = { param, name: value.name, content: Buffer.from(await value.arrayBuffer()) }
      texts.append(param, createHash('sha256').update(upload.content).digest('hex'))
    }
  }
  return { form: readForm(texts.toString()), upload }
}

interface Asked {
  method: string
  path: string
  form: FormGroup
  upload: Upload | undefined
  scope: string
  key: string | undefined
  cause: Cause
}

function routeFor(routes: Compiled[], asked: Asked): Compiled {
  const route = routes.find((each) => each.method === asked.method && each.pattern.test(asked.path))
  if (!route)
    throw new Refusal(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${asked.method}: ${asked.path}). The simulator answers only what its README lists.`,
    })
  return route
}

function carryOut({ ground }: HttpDeps, route: Compiled, asked: Asked): object {
  const world = createWorld(ground, asked.scope, asked.cause)
  const params = createParams(asked.form)
  const path = (route.pattern.exec(asked.path) ?? []).slice(1).map(decodeURIComponent)
  const expand = params.texts('expand') ?? []
  const object = route.handle({ world, path, params, upload: asked.upload })
  const unknown = params.unread()
  if (unknown.length > 0)
    throw invalid(`Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`, {
      code: 'parameter_unknown',
      ...(unknown[0] && { param: unknown[0] }),
    })
  return expanded(world, object, expand)
}

const errorJson = (refusal: Refusal, requestId: string) =>
  JSON.stringify({ error: { ...refusal.body, request_log_url: `/v1/requests/${requestId}` } }, null, 2)

/** Answers within one transaction, and keeps the answer under its key in that same one. */
function answer(
  deps: HttpDeps,
  routes: Compiled[],
  asked: Asked,
  requestId: string,
): Answer & { isReplayed: boolean } {
  const { store, clock } = deps.ground
  const fingerprint = fingerprintOf(asked.method, asked.path, asked.form)
  const key = asked.method === 'POST' ? asked.key : undefined
  const before = key && findAnswer(store, key, asked.scope, fingerprint, clock())
  if (before) return { ...before, isReplayed: true }
  const keep = (made: Answer) => {
    if (key) keepAnswer(store, key, asked.scope, fingerprint, made, clock())
    return { ...made, isReplayed: false }
  }
  let declined: (Answer & { isReplayed: boolean }) | undefined
  const isKept = (error: unknown) => {
    if (!(error instanceof Refusal && error.isKept)) return false
    declined = keep({ status: error.status, json: errorJson(error, requestId), request: requestId })
    return true
  }
  const route = routeFor(routes, asked)
  if (route.isReckoned) {
    const object = store.rehearse(() => carryOut(deps, route, asked))
    return { status: 200, json: JSON.stringify(object, null, 2), request: requestId, isReplayed: false }
  }
  try {
    return store.transact(() => {
      const object = carryOut(deps, route, asked)
      return keep({ status: 200, json: JSON.stringify(object, null, 2), request: requestId })
    }, isKept)
  } catch (error) {
    if (declined) return declined
    throw error
  }
}

function requireAccount({ ground }: HttpDeps, account: string | undefined): string {
  if (!account) return ''
  if (!ground.store.find('account', account))
    throw new Refusal(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: `The provided key does not have access to account '${account}' (or that account does not exist).`,
    })
  return account
}

const platformAccount = ({ store }: Ground): string => store.all('platform', 'account')[0]?.id ?? ''

async function respond(deps: HttpDeps, routes: Compiled[], c: Context, requestId: string) {
  const restricted = requireKey(c.req.header('authorization'), deps)
  if (restricted)
    requirePermission(restricted, c.req.method, new URL(c.req.url).pathname, platformAccount(deps.ground))
  const { form, upload } = await readParams(c)
  const key = c.req.header('idempotency-key')
  if (key && key.length > 255) throw invalid('Idempotency keys have up to 255 characters.')
  const asked: Asked = {
    method: c.req.method,
    path: new URL(c.req.url).pathname,
    form,
    upload,
    scope: requireAccount(deps, c.req.header('stripe-account')),
    key,
    cause: { id: requestId, idempotency_key: key ?? null },
  }
  const permission = restricted ? permissionOf(asked.method, asked.path) : null
  return { asked, permission, made: answer(deps, routes, asked, requestId) }
}

/** Everything under /v1. */
export function createApi(deps: HttpDeps): Hono {
  const routes = compile(deps.routes)
  const api = new Hono()
  api.all('/v1/*', async (c) => {
    const requestId = `req_${randomBytes(7).toString('hex')}`
    c.header('request-id', requestId)
    c.header('stripe-version', c.req.header('stripe-version') ?? apiVersion)
    const key = c.req.header('idempotency-key')
    if (key) c.header('idempotency-key', key)
    try {
      const { asked, permission, made } = await respond(deps, routes, c, requestId)
      if (made.isReplayed) {
        c.header('idempotent-replayed', 'true')
        c.header('original-request', made.request)
      }
      deps.onRequest?.({
        method: asked.method,
        path: asked.path,
        params: asked.form,
        upload: asked.upload,
        account: asked.scope || null,
        version: c.req.header('stripe-version') ?? null,
        idempotencyKey: key ?? null,
        status: made.status,
        object: JSON.parse(made.json),
        permission,
      })
      deps.onChange()
      return c.body(made.json, made.status as 200, { 'content-type': 'application/json' })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return c.body(errorJson(error, requestId), error.status as 400, { 'content-type': 'application/json' })
    }
  })
  api.onError((error, c) => {
    console.error(error)
    return c.json({ error: { type: 'api_error', message: `The simulator failed: ${error.message}` } }, 500)
  })
  return api
}
