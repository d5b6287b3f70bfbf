import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { clientOf, invoiced, onboarded, paying, started, webhookSecret } from './test/simulator.ts'

interface Got {
  id: string
  type: string
  account: string | null
  isGenuine: boolean
}

/** An endpoint that checks signatures with stripe-node, and answers what it is told to. */
async function endpoint() {
  const got: Got[] = []
  const statuses: number[] = []
  const stripe = clientOf('http://127.0.0.1:1')
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const payload = Buffer.concat(parts).toString()
      const signature = String(request.headers['stripe-signature'] ?? '')
      const event = JSON.parse(payload) as { id: string; type: string; account?: string }
      let isGenuine = true
      try {
        stripe.webhooks.constructEvent(payload, signature, webhookSecret)
      } catch {
        isGenuine = false
      }
      got.push({ id: event.id, type: event.type, account: event.account ?? null, isGenuine })
      response.statusCode = isGenuine ? (statuses.shift() ?? 200) : 400
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stripe/webhooks`, got, statuses }
}

test('what happens is told to the endpoint, signed', async () => {
  const { url, got } = await endpoint()
  const { simulator, stripe } = await started({ webhookUrl: url })
  const customer = await paying(stripe)

  await stripe.invoices.pay((await invoiced(stripe, customer.id, [1000])).id)
  await simulator.delivered()

  expect(got.every((each) => each.isGenuine)).toBe(true)
  const types = got.map((each) => each.type)
  expect(types).toEqual(
    expect.arrayContaining([
      'customer.created',
      'payment_method.attached',
      'invoice.finalized',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
    ]),
  )
  expect((await stripe.events.list({ limit: 100 })).data.map((each) => each.id).toSorted()).toEqual(
    got.map((each) => each.id).toSorted(),
  )
})

test('an event that was not taken comes again', async () => {
  const { url, got, statuses } = await endpoint()
  statuses.push(500)
  const { simulator, stripe } = await started({ webhookUrl: url })

  await stripe.customers.create({ name: 'Twice' })
  await simulator.delivered()
  await expect.poll(() => got.length).toBe(2)

  expect(got[0]?.id).toBe(got[1]?.id)
  await expect.poll(async () => (await stripe.events.retrieve(String(got[0]?.id))).pending_webhooks).toBe(0)
})

test('events of connected accounts name their account', async () => {
  const { url, got } = await endpoint()
  const { simulator, stripe } = await started({ webhookUrl: url })

  const account = await onboarded(stripe)
  await simulator.delivered()

  expect(got.filter((each) => each.type === 'account.updated').map((each) => each.account)).toContain(
    account.id,
  )
})

test('held back, sent five times in another order, the same events arrive', async () => {
  const { url, got } = await endpoint()
  const { simulator, stripe, control } = await started({ webhookUrl: url })
  await control('webhooks/hold', { held: true })
  await stripe.customers.create({ name: 'a' })
  await stripe.customers.create({ name: 'b' })
  await simulator.delivered()
  const held = got.length

  await control('webhooks/send', { times: 5, shuffle: 'seed' })
  await control('webhooks/hold', { held: false })
  await simulator.delivered()

  expect(held).toBe(0)
  expect(got).toHaveLength(10)
  expect(new Set(got.map((each) => each.id)).size).toBe(2)
})

test.for(['secret', 'payload', 'stale', 'unsigned'])(
  'a delivery with a false %s is refused by who checks',
  async (kind) => {
    const { url, got } = await endpoint()
    const { simulator, stripe, control } = await started({ webhookUrl: url })
    const customer = await paying(stripe)
    await stripe.invoices.pay((await invoiced(stripe, customer.id, [1000])).id)
    await simulator.delivered()
    const event = (await stripe.events.list({ type: 'invoice.paid' })).data[0]

    const answer = await control('webhooks/forge', { kind, event: event?.id })

    expect(answer).toEqual({ statuses: [400] })
    expect(got.at(-1)?.isGenuine).toBe(false)
  },
)

test('an endpoint hears what it asked for, of whom it asked', async () => {
  const ours = await endpoint()
  const theirs = await endpoint()
  const { simulator, stripe } = await started()
  await stripe.webhookEndpoints.create({ url: ours.url, enabled_events: ['customer.created'] })
  await stripe.webhookEndpoints.create({ url: theirs.url, enabled_events: ['*'], connect: true })

  await paying(stripe)
  await onboarded(stripe)
  await simulator.delivered()

  expect(ours.got.map((each) => each.type)).toEqual(['customer.created'])
  expect(theirs.got.every((each) => each.account !== null)).toBe(true)
  expect(theirs.got.map((each) => each.type)).toContain('account.updated')
})
