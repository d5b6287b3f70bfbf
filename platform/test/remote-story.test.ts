import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { defineProvider, usd, z } from '@bizq/sdk'
import { canonicalJson, decodeId } from '@bizq/sdk/contract'
import { manifestOf } from '@bizq/sdk/manifest'
import { createRemoteHandler, type PrivateJwk } from '@bizq/sdk/remote'
import { nodeListener } from '@bizq/sdk/remote/node'
import { exportJWK } from 'jose'
import { afterAll, describe, expect, onTestFinished } from 'vitest'
import { findFreePort } from '../src/db/postgres.ts'
import { openTrial, runExecution } from '../src/features/executions/index.ts'
import { reviewByRisk } from '../src/features/releases/index.ts'
import { startServer } from '../src/server.ts'
import { adderOf } from './executions.ts'
import { test, type Platform } from './harness.ts'
import { register, tokenForGrant } from './oauth.ts'
import { createBusiness, platformPerson, signUpOperator, type Person } from './people.ts'
import { inDays } from './proposals.ts'
import { endpoint, leadTo } from './remote.ts'
import { subscribe } from './services.ts'

/** What both providers are; they move open bills to a week from today. */
const definitionOf = (service: string) =>
  defineProvider({
    service,
    version: '1.0.0',
    name: 'Bill Mover',
    category: 'financial/cash-flow',
    summary: 'Moves open bills to a week from today.',
    support: 'https://provider.example/support',
    pricing: { monthly: usd(5) },
    capabilities: ['runway_protection'],
    data: {
      bills: {
        fields: ['id', 'dueAt', 'status'],
        history: '90d',
        purpose: 'To find the bills that are open, and are not due that day already.',
      },
    },
    money: 'scaled',
    actions: [{ type: 'bill.reschedule', max: usd(1_000_000) }],
    schedule: 'daily',
    settings: z.object({ days: z.int().min(1).max(60).default(7).describe('Days until the new due day.') }),
    remote: endpoint,
    execute({ data, settings, today, propose }) {
      const dueAt = today.add({ days: settings.days }).toString()
      const movable = data.bills.filter((bill) => bill.status === 'open' && bill.dueAt !== dueAt)
      for (const bill of movable.slice(0, 500))
        propose('bill.reschedule', { bill: bill.id, dueAt }, { confidence: 0.9, because: [bill] })
      return { metrics: { bills: data.bills.length } }
    },
  })

interface Registered {
  platform: string
  clientId: string
  privateKey: PrivateJwk
  secret: string
}

/** Serves a provider on a port of this machine until the test is over. */
type Serve = (service: string, registered: Registered, port: number) => Promise<void>

const withSdk: Serve = async (service, { platform, clientId, privateKey, secret }, port) => {
  const signingKeys = [secret]
  const handler = createRemoteHandler(definitionOf(service), { platform, clientId, privateKey, signingKeys })
  const server = createServer(nodeListener(handler))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
}

/** A process of its own, of a file that imports nothing of ours. */
const alone: Serve = async (_service, { platform, clientId, privateKey, secret }, port) => {
  const script = join(import.meta.dirname, '../../sdk/test/plain-provider/main.ts')
  const env = {
    PLATFORM: platform,
    CLIENT_ID: clientId,
    PRIVATE_KEY: JSON.stringify(privateKey),
    SIGNING_KEY: secret,
    PORT: String(port),
  }
  const child = spawn(process.execPath, [script], { env, stdio: 'inherit' })
  onTestFinished(() => void child.kill())
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await expect.poll(isUp).toBe(true)
}

const servers: [how: string, service: string, serve: Serve][] = [
  ['on the SDK', 'bill-mover', withSdk],
  ['from the documentation alone', 'under-test', alone],
]

const documents = {
  readme: `# Bill Mover\n\n${'It moves every open bill to a week from today, and says so before. '.repeat(12)}`,
  changelog: '# Changelog\n\n## 1.0.0\n\nThe first release.\n',
}

let serving: Promise<{ url: string; close(): Promise<void> }> | undefined
afterAll(async () => (await serving)?.close())

/** The platform on a port of its own: providers find it there. Its rules are those of service. */
async function serve(platform: Platform): Promise<string> {
  serving ??= listenAnew(platform)
  return (await serving).url
}

async function listenAnew({ app, deps }: Platform) {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  deps.config.publicUrl = url
  deps.releaseChecks = {}
  deps.reviewRule = reviewByRisk
  const server = await startServer(app, { host: '127.0.0.1', port })
  return { url, close: server.close }
}

/** A client, a server that the platform's calls reach, and a submission that passes the whole suite. */
async function submit(platform: Platform, url: string, [, service, start]: (typeof servers)[number]) {
  const provider = await signUpOperator(platform.app, 'provider')
  await provider.post('/v1/provider/services', { service })
  const client = await register(provider)
  const { keys } = (await provider.get(`/v1/provider/services/${service}/signing-keys`)).body
  const port = await findFreePort()
  const registered = {
    platform: url,
    clientId: client.client.client_id,
    privateKey: (await exportJWK(client.pair.privateKey)) as PrivateJwk,
    secret: keys[0].secret,
  }
  await start(service, registered, port)
  leadTo(platform, `http://127.0.0.1:${port}`)
  platform.deps.openTrial = (release) => openTrial(platform.deps, release)
  const manifest = JSON.parse(canonicalJson(manifestOf(definitionOf(service)))) as object
  const submitted = await provider.post(`/v1/provider/services/${service}/releases`, {
    manifest,
    bundle: '',
    documents,
  })
  return { provider, client, release: submitted.body }
}

async function approve(certifier: Person, release: string): Promise<void> {
  const path = `/v1/certifier/submissions/${release}`
  const { checklist, report } = (await certifier.get(path)).body
  const answers = Object.fromEntries(checklist.map(({ id }: { id: string }) => [id, 'yes']))
  await certifier.send('PUT', `${path}/checklist`, answers)
  const decision = { decision: 'approve', report: report.id, words: 'It moves what it says, and no more.' }
  expect(await certifier.post(`${path}/decision`, decision)).toMatchObject({ status: 200 })
}

describe.each(servers)('a provider on a server of its own, written %s', (...which) => {
  test('is certified, approved, subscribed to and acted on, until the platform suspends it', async ({
    platform,
    operator,
  }) => {
    const url = await serve(platform)
    const { client, release } = await submit(platform, url, which)
    expect(release.checks.filter(({ outcome }: { outcome: string }) => outcome === 'failed')).toEqual([])
    expect(release.state).toBe('submitted')
    await approve(await platformPerson(platform, 'certifier'), release.id)

    const business = await createBusiness(operator)
    const bill = await adderOf(
      platform,
      operator,
      business,
    )('bills', {
      number: 'B-1',
      issuedAt: inDays(-20),
      dueAt: inDays(2),
      amount: { amount: 50_000, currency: 'GBP' },
      amountDue: { amount: 50_000, currency: 'GBP' },
      status: 'open',
    })
    expect(bill).toBeDefined()
    const made = await subscribe(operator, business, which[1])
    const [execution] = (await operator.get(`/v1/subscriptions/${made.id}/executions`)).body.items
    const payload = {
      organisation: decodeId('org', operator.organisation),
      execution: decodeId('exe', execution.id),
    }
    await runExecution(platform.deps, payload, { mayCallOut: true })
    expect((await operator.get(`/v1/executions/${execution.id}`)).body).toMatchObject({ state: 'succeeded' })
    const [action] = (await operator.get('/v1/actions?state=proposed')).body.items
    const decided = await operator.post(`/v1/actions/${action.id}/decision`, {
      decision: 'approve',
      version: action.version,
    })
    expect(decided).toMatchObject({ status: 200, body: { state: 'approved' } })

    const node = { fetch: (to: string, options: RequestInit) => fetch(to, options), close: async () => {} }
    await expectSuspension(platform, which[1], () => tokenForGrant(node, client, made.grant, {}, url))
  })
})

/** A token is given before and refused after. */
async function expectSuspension(platform: Platform, service: string, ask: () => Promise<unknown>) {
  await expect(ask()).resolves.toBeDefined()
  const admin = await platformPerson(platform, 'manager')
  const { items } = (await admin.get('/v1/admin/services')).body
  const { id } = items.find((one: { service: string }) => one.service === service)
  const act = { kind: 'suspend', code: 'harmful', words: 'It moves bills that were paid already.' }
  expect(await admin.post(`/v1/admin/services/${id}/acts`, act)).toMatchObject({ status: 201 })
  await expect(ask()).rejects.toMatchObject({ error: 'invalid_authorization_details' })
}
