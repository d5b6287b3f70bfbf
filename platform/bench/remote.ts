import { createServer } from 'node:http'
import { join } from 'node:path'
import type { AnyDefinition } from '@bizq/sdk'
import { createRemoteHandler } from '@bizq/sdk/remote'
import { nodeListener } from '@bizq/sdk/remote/node'
import { encodeId } from '@bizq/sdk/contract'
import type { BuiltProvider } from '@bizq/cli/build'
import { exportJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { findFreePort } from '../src/db/postgres.ts'
import { runExecution } from '../src/features/executions/index.ts'
import { openOutgoing } from '../src/http/outgoing.ts'
import { discover, optionsAt, publicUrl, register, resource, type Node } from '../test/oauth.ts'
import { signUpOperator, type Person } from '../test/people.ts'
import { interleave, median, ratioOf, round, spread, tell, timed, type Figure } from './figure.ts'
import {
  clearExecutions,
  openPortfolio,
  queueExecutions,
  requireAllSucceeded,
  type Portfolio,
} from './portfolio.ts'
import type { Stage } from './stage.ts'

export interface RemoteSizes {
  invoices: number
  rounds: number
  tokens: number
  tokenRounds: number
  connections: number
}

/** The name that the provider's server goes by; calls to it come to this machine. */
const endpoint = 'https://provider.example/bizq'
const examples = join(import.meta.dirname, '../../providers-examples')

interface Ground {
  node: Node
  provider: Person
  registered: Awaited<ReturnType<typeof register>>
  portfolio: Portfolio
  close(): Promise<void>
}

/** The example service on a server of its provider, published and subscribed to. */
async function openGround(stage: Stage, built: BuiltProvider, invoices: number): Promise<Ground> {
  const at = `http://127.0.0.1:${stage.port}`
  // As from many addresses: one alone is held to twenty requests a second.
  let asked = 0
  const fetchAs = (url: string, options: RequestInit) => {
    const headers = new Headers(options.headers)
    asked = (asked + 1) % 65_536
    headers.set('x-forwarded-for', `10.0.${asked >> 8}.${asked & 255}`)
    return fetch(url.replace(publicUrl, at), { ...options, headers })
  }
  const node: Node = { fetch: fetchAs, close: async () => {} }
  const provider = await signUpOperator(stage.app, 'provider')
  const registered = await register(provider)
  const name = `${built.manifest.service}-remote`
  const taken = await provider.post('/v1/provider/services', { service: name })
  if (taken.status !== 201) throw new Error(`no service: ${JSON.stringify(taken.body)}`)
  const keys = await provider.get(`/v1/provider/services/${name}/signing-keys`)
  const example = (await import(join(examples, built.manifest.service, 'src/index.ts'))) as {
    default: AnyDefinition
  }
  const handler = createRemoteHandler(
    { ...example.default, service: name, remote: endpoint },
    {
      platform: publicUrl,
      clientId: registered.client.client_id,
      privateKey: (await exportJWK(registered.pair.privateKey)) as never,
      signingKeys: [keys.body.keys[0].publicKey],
      fetch: node.fetch as never,
    },
  )
  const server = createServer(nodeListener(handler))
  const port = await findFreePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = leadTo(stage, `http://127.0.0.1:${port}`)
  const manifest = { ...built.manifest, service: name, runtime: { kind: 'remote', endpoint } }
  const made = await provider.post(`/v1/provider/services/${name}/releases`, { manifest, bundle: '' })
  if (made.body.state !== 'published') throw new Error(`not published: ${JSON.stringify(made.body)}`)
  const portfolio = await openPortfolio(stage, name, {
    businesses: 1,
    customers: Math.max(3, invoices >> 3),
    invoices,
  })
  return {
    node,
    provider,
    registered,
    portfolio,
    close: async () => {
      close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Leads calls to the provider's name to this machine, and takes its releases untried. */
function leadTo({ deps }: Stage, url: string): () => void {
  const { outgoing, openTrial } = deps
  const open = openOutgoing({ allowsLoopback: true })
  deps.outgoing = {
    ...open,
    call: (given, call) => open.call(given.replace(new URL(endpoint).origin, url), call),
  }
  deps.openTrial = () => undefined
  return () => {
    deps.outgoing = outgoing
    deps.openTrial = openTrial
    void open.close()
  }
}

/** What it costs that a service runs on its provider's server, and how fast its tokens come. */
export async function measureRemote(
  stage: Stage,
  service: string,
  built: BuiltProvider,
  sizes: RemoteSizes,
): Promise<Figure[]> {
  const sandboxed = await openPortfolio(stage, service, {
    businesses: 1,
    customers: Math.max(3, sizes.invoices >> 3),
    invoices: sizes.invoices,
  })
  const ground = await openGround(stage, built, sizes.invoices)
  try {
    return [await measureOverhead(stage, sandboxed, ground, sizes), await measureTokens(stage, ground, sizes)]
  } finally {
    await ground.close()
  }
}

async function measureOverhead(
  stage: Stage,
  sandboxed: Portfolio,
  ground: Ground,
  sizes: RemoteSizes,
): Promise<Figure> {
  const one = (portfolio: Portfolio, mayCallOut: boolean) => async () => {
    await clearExecutions(stage)
    const [payload] = await queueExecutions(stage, portfolio)
    if (!payload) throw new Error('nothing was queued')
    const ms = await timed(() => runExecution(stage.deps, payload, { mayCallOut }))
    await requireAllSucceeded(stage, 1)
    return ms
  }
  const sides = { remote: one(ground.portfolio, true), sandbox: one(sandboxed, false) }
  tell(`remote execution: ${sizes.rounds} rounds of ${sizes.invoices} invoices`)
  for (const warm of Object.values(sides)) await warm()
  const { remote, sandbox } = await interleave(sizes.rounds, sides)
  const { ratio, noise } = ratioOf(sandbox, remote)
  return {
    figure: 'an execution on its provider’s server, signed, with a token and pages',
    value: round(median(remote)),
    unit: 'ms',
    against: { what: 'the same service in the sandbox', value: round(median(sandbox)) },
    ratio,
    size: { invoices: sizes.invoices, businesses: 1, server: 'on this machine' },
    rounds: sizes.rounds,
    noise,
  }
}

/** Tokens by client_credentials, private_key_jwt and DPoP; both signatures of the client are made beside it. */
async function measureTokens(stage: Stage, ground: Ground, sizes: RemoteSizes): Promise<Figure> {
  const { node, registered } = ground
  const { client, authentication } = registered
  const server = await discover(node)
  const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const { rows } = await stage.admin.query<{ grant_id: string }>(
    'select grant_id from bizq.subscriptions where id = $1',
    [ground.portfolio.subscriptions[0]],
  )
  const grant = encodeId('gra', rows[0]?.grant_id ?? '')
  const details = JSON.stringify([{ type: 'bizq_grant', grant }])
  const ask = async () => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      { resource, authorization_details: details },
      { ...optionsAt(node), DPoP: dpop },
    )
    await oauth.processClientCredentialsResponse(server, client, response)
  }
  const look = async () => void (await (await node.fetch(new URL('/oauth/jwks', publicUrl).href, {})).text())
  const rateOf = (call: () => Promise<void>) => async () => {
    const each = Math.ceil(sizes.tokens / sizes.connections)
    const lane = async () => {
      for (let i = 0; i < each; i++) await call()
    }
    const ms = await timed(() => Promise.all(Array.from({ length: sizes.connections }, lane)))
    return ((each * sizes.connections) / ms) * 1_000
  }
  tell(`tokens: ${sizes.tokenRounds} rounds of ${sizes.tokens}`)
  await ask()
  const { tokens, bare } = await interleave(sizes.tokenRounds, { tokens: rateOf(ask), bare: rateOf(look) })
  return {
    figure: 'tokens by client_credentials with DPoP, through HTTP',
    value: round(median(tokens)),
    unit: 'tokens/s',
    against: { what: 'the key set of the same server', value: round(median(bare)) },
    ratio: ratioOf(tokens, bare).ratio,
    size: { tokens: sizes.tokens, connections: sizes.connections, algorithm: 'ES256' },
    rounds: sizes.tokenRounds,
    noise: spread(tokens),
  }
}
