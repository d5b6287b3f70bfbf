import type { webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { createApp } from '../src/app.ts'
import { createDeps } from '../src/deps.ts'
import { findFreePort } from '../src/db/postgres.ts'
import { startServer } from '../src/server.ts'
import { testMasterKey } from './master-key.ts'
import type { Platform } from './harness.ts'
import type { Person } from './people.ts'

/** Where every node of a test installation says that it is. */
export const publicUrl = 'http://127.0.0.1:3000'
export const issuer = new URL('/oauth', publicUrl)
export const resource = new URL('/v1', publicUrl).href

type CustomFetch = (url: string, options: RequestInit) => Promise<Response>

export interface Node {
  /** A fetch whose requests to the installation come to this node. */
  fetch: CustomFetch
  close(): Promise<void>
}

async function serve(app: Platform['app'], closeDeps?: () => Promise<void>): Promise<Node> {
  const server = await startServer(app, { host: '127.0.0.1', port: await findFreePort() })
  const at = `http://127.0.0.1:${server.port}`
  return {
    fetch: (url, options) => fetch(url.replace(publicUrl, at), options),
    close: async () => {
      await server.close()
      await closeDeps?.()
    },
  }
}

export const serveNode = (platform: Platform): Promise<Node> => serve(platform.app)

/** Another process of the same installation: adapters of its own on the same database. */
export async function serveSecondNode({ deps }: Platform): Promise<Node> {
  const { databaseUrl = '' } = deps.config
  const second = await createDeps({
    config: { ...deps.config, databaseUrl, masterKey: testMasterKey },
    log: deps.log,
    connections: { app: 3, directory: 2, masked: 1, auth: 3, sealer: 1 },
  })
  return serve(createApp(second), () => second.close())
}

export const optionsAt = ({ fetch: custom }: Node) => ({
  [oauth.allowInsecureRequests]: true,
  [oauth.customFetch]: custom as never,
})

export const discover = async (node: Node, at = publicUrl): Promise<oauth.AuthorizationServer> => {
  const own = new URL('/oauth', at)
  return oauth.processDiscoveryResponse(own, await oauth.discoveryRequest(own, optionsAt(node)))
}

export interface Registered {
  client: oauth.Client
  authentication: oauth.ClientAuth
  pair: webcrypto.CryptoKeyPair
}

export const publicJwk = (key: CryptoKey) => crypto.subtle.exportKey('jwk', key).then(bare)
const bare = ({ kty, crv, x, y, n, e }: webcrypto.JsonWebKey) =>
  JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as Record<string, string>

/** Registers a client of a provider with a fresh key. */
export async function register(
  provider: Person,
  parts: Record<string, unknown> = { kind: 'service' },
  algorithm: 'ES256' | 'Ed25519' | 'PS256' = 'ES256',
): Promise<Registered> {
  const pair = await oauth.generateKeyPair(algorithm, { extractable: true })
  const made = await provider.post('/v1/provider/clients', {
    name: 'Ledger service',
    jwks: { keys: [await publicJwk(pair.publicKey)] },
    ...parts,
  })
  if (made.status !== 201) throw new Error(`not registered: ${JSON.stringify(made.body)}`)
  const [key] = made.body.jwks.keys
  return {
    client: { client_id: made.body.id },
    authentication: oauth.PrivateKeyJwt({ key: pair.privateKey, kid: key.kid }),
    pair,
  }
}

export interface Held {
  token: string
  dpop: oauth.DPoPHandle
  answer: oauth.TokenEndpointResponse
}

/** A token of a service for one grant. */
export async function tokenForGrant(
  node: Node,
  { client, authentication }: Registered,
  grant: string,
  parameters: Record<string, string> = {},
  at = publicUrl,
): Promise<Held> {
  const server = await discover(node, at)
  const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const answer = await oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      {
        resource: new URL('/v1', at).href,
        authorization_details: JSON.stringify([{ type: 'bizq_grant', grant }]),
        ...parameters,
      },
      { ...optionsAt(node), DPoP: dpop },
    ),
  )
  return { token: answer.access_token, dpop, answer }
}

/** Calls the API with a bound token; answers refusals too. */
export async function callWith(
  node: Node,
  held: Pick<Held, 'token' | 'dpop'>,
  method: string,
  path: string,
  body?: unknown,
) {
  try {
    return await oauth.protectedResourceRequest(
      held.token,
      method,
      new URL(path, publicUrl),
      new Headers(body === undefined ? {} : { 'content-type': 'application/json' }),
      body === undefined ? null : JSON.stringify(body),
      { ...optionsAt(node), DPoP: held.dpop },
    )
  } catch (error) {
    if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response
    throw error
  }
}

/** A browser of a signed-in person, without script: keeps cookies, follows redirects within the installation. */
export function openBrowser(node: Node, person: Pick<Person, 'cookie'>, origin = publicUrl) {
  const jar = new Map(
    person.cookie
      .split('; ')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  const keep = (response: Response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const name = pair.slice(0, pair.indexOf('='))
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name)
      else jar.set(name, pair.slice(pair.indexOf('=') + 1))
    }
  }
  const visit = async (
    url: string,
    form?: Record<string, string>,
  ): Promise<{ url: string; status: number; text: string; headers: Headers }> => {
    const response = await node.fetch(new URL(url, origin).href, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form
          ? { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
          : {}),
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    })
    keep(response)
    const location = response.headers.get('location')
    if (!location)
      return { url, status: response.status, text: await response.text(), headers: response.headers }
    const next = new URL(location, new URL(url, origin)).href
    if (!next.startsWith(origin))
      return { url: next, status: response.status, text: '', headers: response.headers }
    return visit(next)
  }
  return { visit, jar }
}

/** The fields of the one form of a page, and where it goes. */
export function formOf(text: string): { action: string; fields: Record<string, string> } {
  const fields: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(
    /<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g,
  ))
    fields[name] = value
  const select = /<select[^>]*name="(\w+)"[^>]*>\s*<option value="([^"]*)"/.exec(text)
  if (select) fields[select[1] ?? ''] = select[2] ?? ''
  return { action: /<form[^>]*action="([^"]*)"/.exec(text)?.[1] ?? '', fields }
}
