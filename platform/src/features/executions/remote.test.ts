import { defineProvider, usd, z } from '@bizq/sdk'
import { createRemoteHandler, type RemoteHandler } from '@bizq/sdk/remote'
import { nodeListener } from '@bizq/sdk/remote/node'
import { exportJWK } from 'jose'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { callWith, publicUrl, register, serveNode, tokenForGrant, type Node } from '../../../test/oauth.ts'
import { endpoint, leadTo, listen, openRemoteOffice } from '../../../test/remote.ts'

const chaser = defineProvider({
  service: 'remote-chaser',
  version: '1.0.0',
  name: 'Remote Chaser',
  category: 'financial/cash-flow',
  summary: 'Reminds of every open invoice, on a server of its own.',
  pricing: { monthly: usd(5) },
  capabilities: ['runway_protection'],
  data: {
    invoices: {
      fields: ['id', 'customer', 'amountDue', 'status'],
      history: '180d',
      purpose: 'To find the invoices that are late.',
    },
  },
  money: 'scaled',
  actions: ['invoice.remind'],
  schedule: 'daily',
  remote: endpoint,
  settings: z.object({ graceDays: z.int().default(5) }),
  execute({ data, propose }) {
    for (const invoice of data.invoices)
      propose(
        'invoice.remind',
        { invoice: invoice.id },
        { impact: invoice.amountDue, confidence: 0.97, because: [invoice] },
      )
    return { metrics: { invoices: data.invoices.length } }
  },
})

const test = base.extend<{ node: Node }>({
  node: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
})

type Office = Awaited<ReturnType<typeof openRemoteOffice>>

/** The provider's server, made with the SDK: keys and client as its portal shows them. */
async function handlerOf(node: Node, office: Office, answerWithinMs = 8_000): Promise<RemoteHandler> {
  const registered = await register(office.provider)
  const keys = await office.provider.get(`/v1/provider/services/${office.published.service}/signing-keys`)
  return createRemoteHandler(chaser, {
    platform: publicUrl,
    clientId: registered.client.client_id,
    privateKey: (await exportJWK(registered.pair.privateKey)) as never,
    signingKeys: [keys.body.keys[0].publicKey],
    fetch: node.fetch as never,
    answerWithinMs,
  })
}

test('a service on its provider’s own server reads its pages and answers; what it proposes stands in the queue as any other', async ({
  platform,
  operator,
  node,
}) => {
  let handler: RemoteHandler | undefined
  const server = await listen((request, response) =>
    nodeListener(handler as RemoteHandler)(request, response),
  )
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator)
  handler = await handlerOf(node, office)
  const execution = await office.run()
  expect(execution).toMatchObject({
    state: 'succeeded',
    outcome: 'succeeded',
    cpuMs: null,
    output: { actions: 2, metrics: { invoices: 2 } },
  })
  const actions = (await operator.get(`/v1/actions?execution=${execution.id}`)).body.items
  expect(actions).toHaveLength(2)
  expect(JSON.stringify(actions)).toContain('Remind Ann Lee')

  const receipt = (await operator.get(`/v1/executions/${execution.id}/receipt`)).body.claims
  expect(receipt).toMatchObject({
    outcome: 'succeeded',
    input: execution.input.digest,
    output: execution.output.digest,
    versions: { node: 'remote' },
    limits: { wallMs: 10_000, inputBytes: expect.any(Number), outputBytes: expect.any(Number) },
  })
  const replay = await operator.post(`/v1/executions/${execution.id}/replay`)
  expect(replay.body).toEqual({ verdict: 'NOT-REPLAYABLE', differences: [] })
  const left = await operator.get(`/v1/subscriptions/${office.subscription}/disclosures`)
  expect(left.body.items).toHaveLength(1)
  await server.close()
})

test('an output that was promised comes later, and is settled as one that came at once', async ({
  platform,
  operator,
  node,
}) => {
  let handler: RemoteHandler | undefined
  const server = await listen((request, response) =>
    nodeListener(handler as RemoteHandler)(request, response),
  )
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator)
  handler = await handlerOf(node, office, 0)
  const running = await office.run()
  await handler.settled()
  const execution = (await operator.get(`/v1/executions/${running.id}`)).body
  expect(execution).toMatchObject({ state: 'succeeded', attempts: 1, output: { actions: 2 } })
  expect((await operator.get(`/v1/actions?execution=${execution.id}`)).body.items).toHaveLength(2)
  await server.close()
})

test('rows can be read while their execution is open, by its own grant, and as they were delivered', async ({
  platform,
  operator,
  node,
}) => {
  const server = await listen((_request, response) => response.writeHead(202).end())
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator)
  const service = await register(office.provider)
  const held = await tokenForGrant(node, service, office.grant)
  const read = async (dataset: string, execution: string, query = '') => {
    const path = `/v1/grants/${office.grant}/data/${dataset}?execution=${execution}${query}`
    const response = await callWith(node, held, 'GET', path)
    const body = (await response.json()) as {
      type?: string
      items?: Record<string, unknown>[]
      next: string | null
    }
    return { ...body, problem: body.type?.split('/').at(-1) }
  }
  const { id } = await office.run()
  const before = await read('invoices', id)
  expect(before.items).toHaveLength(2)
  expect(JSON.stringify(before.items)).not.toMatch(/Ann Lee|N-1|4000/)
  await office.add('customers', { name: 'Somebody new', country: 'GB' })
  expect((await read('customers', id)).items).toHaveLength(1)
  const first = await read('invoices', id, '&limit=1')
  const second = await read('invoices', id, `&limit=1&cursor=${first.next}`)
  expect([...(first.items ?? []), ...(second.items ?? [])]).toEqual(before.items)

  await operator.send('PUT', `/v1/businesses/${office.business}/fences/invoices`, { isFenced: true })
  expect((await read('invoices', id)).problem).toBe('grant-not-active')
  expect((await read('customers', id)).items).toHaveLength(1)
  const other = await openRemoteOffice(platform, operator, { provider: office.provider })
  expect((await read('invoices', (await other.run()).id)).problem).toBe('not-found')

  const output = { proposals: [], recommendations: [], metrics: {}, state: null }
  const handed = await callWith(node, held, 'POST', `/v1/executions/${id}/output`, output)
  expect(await handed.json()).toEqual({ outcome: 'succeeded', problems: [] })
  expect((await read('customers', id)).problem).toBe('no-open-execution')
  await server.close()
})

test('personal data that was agreed to is read as it is, and not at all from the moment that a record is removed or it is taken back', async ({
  platform,
  operator,
  node,
}) => {
  const server = await listen((_request, response) => response.writeHead(202).end())
  leadTo(platform, server.url)
  const customers = {
    fields: ['id', 'email'],
    purpose: 'To write to customers.',
    personal: { email: { purpose: 'To write to customers.', optional: true } },
  }
  const office = await openRemoteOffice(platform, operator, {
    manifest: { handlesPersonalData: true, data: { customers } },
    consent: {
      fields: { customers: customers.fields },
      money: 'scaled',
      history: {},
      personal: { customers: ['email'] },
    },
  })
  const service = await register(office.provider)
  const held = await tokenForGrant(node, service, office.grant)
  const { id } = await office.run()
  const read = () => callWith(node, held, 'GET', `/v1/grants/${office.grant}/data/customers?execution=${id}`)
  expect(await (await read()).json()).toMatchObject({ items: [{ email: 'ann@lee.test' }] })

  const gone = await office.add('customers', { name: 'Bo Ray', country: 'GB' })
  await operator.send('DELETE', `/v1/businesses/${office.business}/data/customers/${gone}`)
  expect(await (await read()).text()).toContain('no-open-execution')

  await operator.post(`/v1/subscriptions/${office.subscription}/personal/withdrawal`, {})
  const refused = await read()
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('grant-not-active')])
  await expect(tokenForGrant(node, service, office.grant)).rejects.toThrow()
  expect((await operator.get(`/v1/executions/${id}`)).body.state).toBe('cancelled')
  await server.close()
})
