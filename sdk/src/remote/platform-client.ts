import * as oauth from 'oauth4webapi'
import { DataPage, grantAuthorization, TakenOutput, type LaterOutput } from '../contract/remote.ts'
import type { DatasetName } from '../contract/datasets/index.ts'

/** The platform did not give what it was asked for. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  /** Of its answer; undefined where there was none. */
  readonly status: number | undefined
  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.status = options.status
  }
}

/** A private key as a JSON Web Key (RFC 7517): EC P-256 (ES256), OKP Ed25519 or RSA (PS256). */
export interface PrivateJwk {
  kty: string
  crv?: string
  d?: string
  [member: string]: unknown
}

export interface PlatformClientOptions {
  /** Where the platform is, such as `https://bizq.example`; the authorisation server is at `/oauth`, the API at `/v1`. */
  platform: string
  clientId: string
  /** Signs the client's assertions (`private_key_jwt`): a private JWK, or a key that was imported. Its public half is registered in the portal. */
  privateKey: PrivateJwk | CryptoKey
  /** Of the registered key, where there are several. */
  keyId?: string
  /** Instead of the global one, for tests. */
  fetch?: typeof fetch
}

export interface PlatformClient {
  /** The rows of a dataset as they were delivered to this execution, page by page. */
  readPages(grant: string, execution: string, dataset: DatasetName): AsyncGenerator<DataPage['items']>
  /** Hands in the output of an execution that was answered with 202; resolves to what the platform made of it. */
  sendOutput(grant: string, execution: string, output: LaterOutput): Promise<TakenOutput>
}

interface Token {
  value: string
  /** Epoch milliseconds. */
  until: number
}

const pageRows = 200
const renewBeforeMs = 60_000
const algorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  Ed25519: { name: 'Ed25519' },
  RSA: { name: 'RSA-PSS', hash: 'SHA-256' },
} as const

async function signingKey(key: PrivateJwk | CryptoKey): Promise<CryptoKey> {
  if (key instanceof CryptoKey) return key
  const name = key.crv ?? key.kty
  if (!Object.hasOwn(algorithms, name) || key.d === undefined) {
    throw new TypeError(
      'privateKey must be a private JWK: EC P-256 (ES256), OKP Ed25519 (EdDSA) or RSA (PS256)',
    )
  }
  const algorithm = algorithms[name as keyof typeof algorithms]
  return crypto.subtle.importKey('jwk', { ...key, key_ops: ['sign'] }, algorithm, false, ['sign'])
}

/** The options of every request: plain http only to this very machine, which is development. */
function requestOptions(platform: URL, custom: typeof fetch | undefined) {
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(platform.hostname)
  return {
    ...(isLocal ? { [oauth.allowInsecureRequests]: true } : {}),
    ...(custom ? { [oauth.customFetch]: custom as never } : {}),
  }
}

interface Session {
  server: oauth.AuthorizationServer
  client: oauth.Client
  authentication: oauth.ClientAuth
  dpop: oauth.DPoPHandle
}

async function openSession(options: PlatformClientOptions, platform: URL): Promise<Session> {
  const client: oauth.Client = { client_id: options.clientId }
  const issuer = new URL('/oauth', platform)
  const found = await oauth.discoveryRequest(issuer, requestOptions(platform, options.fetch))
  const server = await oauth.processDiscoveryResponse(issuer, found)
  const key = await signingKey(options.privateKey)
  const authentication = oauth.PrivateKeyJwt(options.keyId === undefined ? key : { key, kid: options.keyId })
  return { server, client, authentication, dpop: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) }
}

/** Tries once more when the server asks for a fresh DPoP nonce (RFC 9449, section 8). */
async function withNonce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return work()
  }
}

/** A status that the platform answered, or undefined. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.WWWAuthenticateChallengeError)
    return error.status
  return undefined
}

/** Says in words what the platform refused. */
function explain(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error
  const status = statusOf(error)
  const why =
    error instanceof oauth.ResponseBodyError
      ? `${error.error}${error.error_description ? `: ${error.error_description}` : ''}`
      : (error as Error).message
  return new PlatformError(`${what}: ${why}`, { cause: error, ...(status === undefined ? {} : { status }) })
}

/**
 * The platform as a remote provider sees it. Tokens are asked for with client_credentials and
 * `private_key_jwt`, bound to a key made here (DPoP), narrowed to one grant, and kept until a minute
 * before they end. Source: contract, “Remote protocol”; RFC 7523, 9396, 9449.
 */
export function createPlatformClient(options: PlatformClientOptions): PlatformClient {
  const platform = new URL(options.platform)
  const request = requestOptions(platform, options.fetch)
  const resource = new URL('/v1', platform).href
  const tokens = new Map<string, Promise<Token>>()
  let opened: Promise<Session> | undefined

  const session = (): Promise<Session> => {
    opened ??= openSession(options, platform).catch((error: unknown) => {
      opened = undefined
      throw explain(`the authorisation server of ${platform.origin} does not answer`, error)
    })
    return opened
  }

  const askForToken = async (grant: string): Promise<Token> => {
    const { server, client, authentication, dpop } = await session()
    const parameters = { resource, authorization_details: JSON.stringify([grantAuthorization(grant)]) }
    const answer = await withNonce(async () =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, {
          ...request,
          DPoP: dpop,
        }),
      ),
    ).catch((error: unknown) => {
      throw explain(`no access token for ${grant}`, error)
    })
    return { value: answer.access_token, until: Date.now() + (answer.expires_in ?? 0) * 1_000 }
  }

  const tokenFor = async (grant: string): Promise<string> => {
    const kept = await tokens.get(grant)
    if (kept && kept.until - renewBeforeMs > Date.now()) return kept.value
    const asked = askForToken(grant)
    tokens.set(grant, asked)
    asked.catch(() => tokens.delete(grant))
    const token = await asked
    // Whoever serves many businesses must not keep a token for each for ever.
    const lifeMs = Math.max(0, token.until - Date.now())
    const timer = setTimeout(() => tokens.get(grant) === asked && tokens.delete(grant), lifeMs)
    if (typeof timer === 'object') timer.unref()
    return token.value
  }

  const call = async (
    grant: string,
    method: string,
    url: URL,
    headers = new Headers(),
    body?: string,
  ): Promise<Response> => {
    const { dpop } = await session()
    const send = async (token: string) =>
      withNonce(() =>
        oauth.protectedResourceRequest(token, method, url, headers, body, { ...request, DPoP: dpop }),
      )
    try {
      return await send(await tokenFor(grant))
    } catch (error) {
      if (!(error instanceof oauth.WWWAuthenticateChallengeError) || error.status !== 401)
        throw explain(`${method} ${url.pathname}`, error)
      tokens.delete(grant)
      return send(await tokenFor(grant)).catch((again: unknown) => {
        throw explain(`${method} ${url.pathname}`, again)
      })
    }
  }

  const requireOk = async (response: Response, what: string): Promise<void> => {
    if (response.ok) return
    const said = (await response.json().catch(() => null)) as { code?: string; detail?: string } | null
    throw new PlatformError(
      `${what}: ${response.status} ${said?.code ?? ''} ${said?.detail ?? ''}`.trimEnd(),
      { status: response.status },
    )
  }

  return {
    async *readPages(grant, execution, dataset) {
      let cursor: string | null = null
      do {
        const url = new URL(`/v1/grants/${grant}/data/${dataset}`, platform)
        url.searchParams.set('execution', execution)
        url.searchParams.set('limit', String(pageRows))
        if (cursor !== null) url.searchParams.set('cursor', cursor)
        const response = await call(grant, 'GET', url)
        await requireOk(response, `the rows of ${dataset} cannot be read`)
        const page = DataPage.parse(await response.json())
        yield page.items
        cursor = page.next
      } while (cursor !== null)
    },

    async sendOutput(grant, execution, output) {
      const url = new URL(`/v1/executions/${execution}/output`, platform)
      const headers = new Headers({ 'content-type': 'application/json', 'idempotency-key': execution })
      const response = await call(grant, 'POST', url, headers, JSON.stringify(output))
      await requireOk(response, `the output of ${execution} was not taken`)
      return TakenOutput.parse(await response.json())
    },
  }
}
