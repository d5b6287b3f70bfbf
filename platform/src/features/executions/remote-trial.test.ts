import { defineProvider, usd } from '@bizq/sdk'
import { decodeId } from '@bizq/sdk/contract'
import { createRemoteHandler, type RemoteOptions } from '@bizq/sdk/remote'
import { manifestOf as manifestFor } from '@bizq/sdk/manifest'
import { nodeListener } from '@bizq/sdk/remote/node'
import { exportJWK } from 'jose'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { publicUrl, register, serveNode, tokenForGrant, type Node } from '../../../test/oauth.ts'
import { endpoint, leadTo, listen } from '../../../test/remote.ts'
import { signUpOperator, type Person } from '../../../test/people.ts'
import { manifestOf } from '../../../test/services.ts'
import type { ReleaseChecks } from '../releases/index.ts'
import { openTrial } from './remote-trial.ts'

let made = 0
const definitionOf = (service: string) =>
  defineProvider({
    service,
    version: '1.0.0',
    name: 'Remote Chaser',
    category: 'financial/cash-flow',
    summary: 'Reminds of every open invoice, on a server of its own.',
    pricing: { monthly: usd(5) },
    capabilities: ['runway_protection'],
    data: {
      invoices: {
        fields: ['id', 'status'],
        history: '180d',
        purpose: 'To find the invoices that are open.',
      },
    },
    money: 'scaled',
    actions: ['invoice.remind'],
    schedule: 'daily',
    remote: endpoint,
    execute({ data, propose }) {
      for (const invoice of data.invoices.filter(({ status }) => status === 'open').slice(0, 500))
        propose('invoice.remind', { invoice: invoice.id }, { confidence: 0.97, because: [invoice] })
      return { metrics: { invoices: data.invoices.length } }
    },
  })

const test = base.extend<{ node: Node; provider: Person }>({
  node: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
  provider: async ({ platform }, use) => use(await signUpOperator(platform.app, 'provider')),
})

const protocol = [
  'remote.health',
  'remote.bad-request',
  'remote.replay',
  'remote.later',
  'remote.signature-missing',
  'remote.signature-old',
  'remote.signature-wrong',
  'remote.token-kept',
  'remote.token-renewed',
  'remote.unknown-members',
  'contract.output-schema',
  'contract.references',
  'behaviour.ordinary',
]

interface Options {
  /** What the provider's server is set up wrong with. */
  change?: Partial<RemoteOptions>
  checked?: ReleaseChecks
  /** Submitted before: the same release again. */
  service?: string
}

/** Submits a service of its provider's own server, and answers the release. */
async function submit(
  platform: Platform,
  node: Node,
  provider: Person,
  { change = {}, checked = { only: protocol }, service = `tried-${process.pid}-${++made}` }: Options = {},
) {
  await provider.post('/v1/provider/services', { service })
  const registered = await register(provider)
  const { keys } = (await provider.get(`/v1/provider/services/${service}/signing-keys`)).body
  const definition = definitionOf(service)
  const handler = createRemoteHandler(definition, {
    platform: publicUrl,
    clientId: registered.client.client_id,
    privateKey: (await exportJWK(registered.pair.privateKey)) as never,
    signingKeys: [keys[0].secret],
    fetch: node.fetch as never,
    ...change,
  })
  const server = await listen(nodeListener(handler))
  leadTo(platform, server.url)
  platform.deps.openTrial = (release) => openTrial(platform.deps, release)
  platform.deps.releaseChecks = checked
  const answer = await provider.post(`/v1/provider/services/${service}/releases`, {
    manifest: JSON.parse(JSON.stringify(manifestFor(definition))) as object,
    bundle: '',
  })
  await server.close()
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 })
  const checks = answer.body.checks as { rule: string; outcome: string }[]
  const failed = checks.filter(({ outcome }) => outcome === 'failed')
  return { service, state: answer.body.state as string, checks, failed }
}

test('a service on its provider’s own server is tried through the whole protocol, and published when it passes', async ({
  platform,
  node,
  provider,
}) => {
  const { state, failed, checks } = await submit(platform, node, provider, { checked: {} })
  expect(failed).toEqual([])
  expect(checks.map(({ rule }) => rule)).toEqual(expect.arrayContaining(protocol))
  expect(checks.length).toBeGreaterThan(50)
  expect(state).toBe('published')
})

test('one that does not know the platform’s signature is handed back; mended, it is published', async ({
  platform,
  node,
  provider,
}) => {
  const signingKeys = [`whsec_${Buffer.alloc(32).toString('base64')}`]
  const { service, state, failed } = await submit(platform, node, provider, { change: { signingKeys } })
  expect(state).toBe('draft')
  expect(failed.length).toBeGreaterThan(0)
  expect((await submit(platform, node, provider, { service })).state).toBe('published')
})

test('an address that does not say that it is this release is asked for its health, and for nothing else', async ({
  platform,
  provider,
}) => {
  const asked: string[] = []
  const stranger = await listen((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: 'ok', service: 'another', version: '1.0.0', contract: 1 }))
  })
  leadTo(platform, stranger.url)
  platform.deps.openTrial = (release) => openTrial(platform.deps, release)
  platform.deps.releaseChecks = { only: protocol }
  const service = `tried-${process.pid}-${++made}`
  await provider.post('/v1/provider/services', { service })
  const { body } = await provider.post(`/v1/provider/services/${service}/releases`, {
    manifest: JSON.parse(JSON.stringify(manifestFor(definitionOf(service)))) as object,
    bundle: '',
  })
  expect(body.state).toBe('draft')
  expect(JSON.stringify(body.checks)).toContain(`does not say that it is ${service} 1.0.0`)
  expect(asked.length).toBeGreaterThan(0)
  expect(new Set(asked)).toEqual(new Set(['GET /bizq/health']))
  await stranger.close()
})

test('one that cannot read its rows is handed back', async ({ platform, node, provider }) => {
  const change = { clientId: 'cli_00000000000000000000000000' }
  const { state, failed } = await submit(platform, node, provider, { change })
  expect(state).toBe('draft')
  expect(failed.map(({ rule }) => rule)).toContain('behaviour.ordinary')
})

test('a trial opens itself alone: no other provider gets a token for it, and over, nobody does', async ({
  platform,
  node,
  provider,
}) => {
  const service = `tried-${process.pid}-${++made}`
  await provider.post('/v1/provider/services', { service })
  const { items } = (await provider.get('/v1/provider/services')).body
  const trial = openTrial(platform.deps, {
    organisation: decodeId('org', provider.organisation),
    service: decodeId('svc', items[0].id),
    manifest: manifestOf({ service, runtime: { kind: 'remote', endpoint } }) as never,
  })
  const { grant } = trial.ground.open(
    { data: { invoices: [] }, settings: {}, state: null },
    Date.now(),
    'Europe/London',
  )
  const own = await register(provider)
  const other = await register(await signUpOperator(platform.app, 'provider'))
  await expect
    .poll(() => tokenForGrant(node, own, grant).then(({ answer }) => answer.token_type))
    .toBe('dpop')
  await expect(tokenForGrant(node, other, grant)).rejects.toMatchObject({
    error: 'invalid_authorization_details',
  })
  await trial.close()
  await expect(tokenForGrant(node, own, grant)).rejects.toMatchObject({
    error: 'invalid_authorization_details',
  })
})
