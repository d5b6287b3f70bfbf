// A provider written from REMOTE.md alone, on Node's own modules: nothing of the SDK, no library.
import {
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface Registered {
  platform: string
  clientId: string
  privateKey: { kty: string; [member: string]: unknown }
  /** `whsec_…` */
  secret: string
}

interface Call {
  execution: string
  grant: string
  now: string
  timeZone: string
  datasets: string[]
  settings: { days?: number }
}
type Bill = { id: string; dueAt: string; status: string }

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function jwt(header: object, claims: object, key: KeyObject): string {
  const said = `${base64url({ alg: 'ES256', ...header })}.${base64url(claims)}`
  const signature = sign('sha256', Buffer.from(said), { key, dsaEncoding: 'ieee-p1363' })
  return `${said}.${signature.toString('base64url')}`
}

const nowSeconds = () => Math.floor(Date.now() / 1_000)
const bound = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { kty, crv, x, y } = bound.publicKey.export({ format: 'jwk' })

function proof(method: string, address: URL, more: object = {}): string {
  const claims = {
    htm: method,
    htu: address.origin + address.pathname,
    iat: nowSeconds(),
    jti: randomUUID(),
    ...more,
  }
  return jwt({ typ: 'dpop+jwt', jwk: { kty, crv, x, y } }, claims, bound.privateKey)
}

/** Asks for a token of one grant, again with a nonce where one is wanted. */
async function tokenFor(grant: string, { platform, clientId, privateKey }: Registered): Promise<string> {
  const found = await fetch(`${platform}/oauth/.well-known/openid-configuration`)
  const { issuer, token_endpoint: endpoint } = (await found.json()) as {
    issuer: string
    token_endpoint: string
  }
  const key = createPrivateKey({ key: privateKey, format: 'jwk' })
  const ask = (nonce: object) => {
    const lives = { iat: nowSeconds(), exp: nowSeconds() + 50, jti: randomUUID() }
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt({}, { iss: clientId, sub: clientId, aud: issuer, ...lives }, key),
      resource: `${platform}/v1`,
      authorization_details: JSON.stringify([{ type: 'bizq_grant', grant }]),
    })
    return fetch(endpoint, {
      method: 'POST',
      body,
      headers: { dpop: proof('POST', new URL(endpoint), nonce) },
    })
  }
  let answer = await ask({})
  const nonce = answer.headers.get('dpop-nonce')
  if (answer.status === 400 && nonce) answer = await ask({ nonce })
  if (!answer.ok) throw new Error(`no token: ${await answer.text()}`)
  return ((await answer.json()) as { access_token: string }).access_token
}

function callWith(token: string, method: string, address: URL, body?: object): Promise<Response> {
  const ath = createHash('sha256').update(token).digest('base64url')
  return fetch(address, {
    method,
    headers: {
      authorization: `DPoP ${token}`,
      dpop: proof(method, address, { ath }),
      'content-type': 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
}

async function readRows<T>(token: string, call: Call, dataset: string, platform: string): Promise<T[]> {
  const rows: T[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({
      execution: call.execution,
      limit: '200',
      ...(cursor ? { cursor } : {}),
    })
    const address = new URL(`${platform}/v1/grants/${call.grant}/data/${dataset}?${query.toString()}`)
    const answer = await callWith(token, 'GET', address)
    if (!answer.ok) throw new Error(`no rows: ${answer.status}`)
    const page = (await answer.json()) as { items: T[]; next: string | null }
    rows.push(...page.items)
    cursor = page.next
  }
  return rows
}

async function execute(call: Call, registered: Registered) {
  const token = await tokenFor(call.grant, registered)
  const { platform } = registered
  const bills = call.datasets.includes('bills') ? await readRows<Bill>(token, call, 'bills', platform) : []
  const today = Temporal.Instant.from(call.now).toZonedDateTimeISO(call.timeZone).toPlainDate()
  const dueAt = today.add({ days: call.settings.days ?? 7 }).toString()
  const open = bills.filter((bill) => bill.status === 'open' && bill.dueAt !== dueAt).slice(0, 500)
  const proposals = open.map(({ id }) => ({
    type: 'bill.reschedule',
    parameters: { bill: id, dueAt },
    confidence: 0.9,
    because: [{ dataset: 'bills', id }],
  }))
  return { token, output: { proposals, recommendations: [], metrics: { bills: bills.length }, state: null } }
}

const seen = new Set<string>()

/** 0 when the platform signed it and it is new, else the status to refuse with. */
function refusalOf({ headers }: IncomingMessage, body: Buffer, secret: string): number {
  const [id = '', at = '', given = ''] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => String(headers[name] ?? ''),
  )
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const right = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest()
  const isSigned = given.split(' ').some((part) => {
    const [scheme, encoded = ''] = part.split(',')
    const bytes = Buffer.from(encoded, 'base64')
    return scheme === 'v1' && bytes.length === right.length && timingSafeEqual(bytes, right)
  })
  if (!isSigned || Math.abs(nowSeconds() - Number(at)) > 300) return 401
  if (seen.has(`${id}.${at}`)) return 409
  seen.add(`${id}.${at}`)
  return 0
}

function answer(response: ServerResponse, status: number, body?: object): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { 'content-type': type }).end(body ? JSON.stringify(body) : undefined)
}

const problem = (code: string, status: number) => ({ code, title: code, status })

/** What is asked for; nothing where the body is no execution. */
function callIn(body: Buffer): Call | undefined {
  try {
    const call = JSON.parse(body.toString()) as Partial<Call>
    const isWhole =
      call.execution && call.grant && call.now && call.timeZone && call.datasets && call.settings
    return isWhole ? (call as Call) : undefined
  } catch {
    return undefined
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  registered: Registered,
  isLater: boolean,
) {
  const called = `${request.method} ${request.url?.split('/').at(-1)}`
  if (called === 'GET health')
    return answer(response, 200, { status: 'ok', service: 'under-test', version: '1.0.0', contract: 1 })
  if (called !== 'POST execute') return answer(response, 404, problem('not-found', 404))
  const body = await buffer(request)
  const refusal = refusalOf(request, body, registered.secret)
  if (refusal)
    return answer(response, refusal, problem(refusal === 409 ? 'replayed' : 'bad-signature', refusal))
  const call = callIn(body)
  if (!call) return answer(response, 400, problem('bad-request', 400))
  if (isLater) answer(response, 202)
  const { token, output } = await execute(call, registered)
  if (!isLater) return answer(response, 200, output)
  await callWith(
    token,
    'POST',
    new URL(`${registered.platform}/v1/executions/${call.execution}/output`),
    output,
  )
}

/** The provider as a server; `isLater` answers everything with 202 first. */
export function plainProvider(registered: Registered, isLater = false): Server {
  return createServer((request, response) => {
    serve(request, response, registered, isLater).catch(() => {
      if (!response.headersSent) answer(response, 500, problem('failed', 500))
    })
  })
}

if (import.meta.main) {
  const { PLATFORM = '', CLIENT_ID = '', PRIVATE_KEY = '', SIGNING_KEY = '', PORT = '' } = process.env
  const privateKey = JSON.parse(PRIVATE_KEY) as Registered['privateKey']
  const registered = { platform: PLATFORM, clientId: CLIENT_ID, privateKey, secret: SIGNING_KEY }
  plainProvider(registered).listen(Number(PORT), '127.0.0.1')
}
