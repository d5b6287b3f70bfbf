import { expect } from 'vitest'
import { test, type Platform } from '../../../test/harness.ts'
import { invoiceOf, putRecords } from '../../../test/ledger.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { manifestOf, publish, subscribe } from '../../../test/services.ts'
import { upgradeSubscriptionsJob } from './index.ts'

const data = manifestOf()['data'] as Record<'invoices' | 'customers', { fields: string[]; purpose: string }>

/** Publishes another version and lets the job that follows run. */
async function release(
  platform: Platform,
  provider: Person,
  service: string,
  change: Record<string, unknown>,
) {
  const { release: id } = await publish(provider, { service, ...change })
  await upgradeSubscriptionsJob.handle(platform.deps, [{ release: id }])
  return id
}

async function subscribed(platform: Platform, operator: Person) {
  const business = await createBusiness(operator)
  await putRecords(platform, operator, business, 'invoices', [invoiceOf(5)])
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider)
  const subscription = await subscribe(operator, business, service)
  const look = async () => (await operator.get(`/v1/subscriptions/${subscription.id}`)).body
  const rows = async () => (await operator.get(`/v1/grants/${(await look()).grant}/data/invoices`)).body.items
  return { business, provider, service, subscription, look, rows }
}

test('a release that asks for no more upgrades by itself, and every pseudonym stays what it was', async ({
  platform,
  operator,
}) => {
  const { provider, service, subscription, look, rows } = await subscribed(platform, operator)
  const [before] = await rows()
  const fewer = data.invoices.fields.filter((field) => field !== 'notes')
  const id = await release(platform, provider, service, {
    version: '1.1.0',
    data: { invoices: { ...data.invoices, fields: fewer } },
  })
  const after = await look()
  expect(after).toMatchObject({ version: '1.1.0', release: id, waiting: null, state: 'active' })
  expect(after.grant).not.toBe(subscription.grant)
  const [row] = await rows()
  const { notes: _, ...rest } = before
  expect(row).toEqual(rest)
  expect((await operator.get(`/v1/grants/${subscription.grant}/data/invoices`)).status).toBe(403)
  const grants = await operator.get(`/v1/subscriptions/${subscription.id}/grants`)
  expect(
    grants.body.items.map((each: { state: string; version: string }) => [each.version, each.state]),
  ).toEqual([
    ['1.1.0', 'active'],
    ['1.0.0', 'ended'],
  ])
})

test('a release that asks for more waits for consent, and the subscription stays on its release meanwhile', async ({
  platform,
  operator,
}) => {
  const { business, provider, service, subscription, look, rows } = await subscribed(platform, operator)
  const [before] = await rows()
  const more = { ...data, invoices: { ...data.invoices, fields: [...data.invoices.fields, 'amount'] } }
  const id = await release(platform, provider, service, {
    version: '1.0.1',
    data: more,
    pricing: { monthly: { amount: 900, currency: 'USD' } },
  })
  const waiting = await look()
  expect(waiting).toMatchObject({
    version: '1.0.0',
    grant: subscription.grant,
    price: { monthly: { amount: 500 } },
  })
  expect(waiting.waiting).toEqual({
    release: id,
    version: '1.0.1',
    reasons: ['it now reads amount of invoices', 'its price rises from $5.00 to $9.00 a month'],
    since: expect.any(String),
  })
  expect(await rows()).toEqual([before])

  const preview = await operator.post(`/v1/services/${service}/preview`, { business, release: id })
  expect(preview.body.subscription).toBe(subscription.id)
  const agreed = await operator.post(`/v1/subscriptions/${subscription.id}/consent`, {
    preview: preview.body.id,
  })
  expect(agreed.status).toBe(200)
  expect(agreed.body).toMatchObject({ version: '1.0.1', waiting: null, price: { monthly: { amount: 900 } } })
  const [row] = await rows()
  expect(row).toMatchObject({ ...before, amount: { currency: 'GBP' } })
})

test('a release that was withdrawn waits for nobody’s consent any more', async ({ platform, operator }) => {
  const { provider, service, look } = await subscribed(platform, operator)
  const pricing = { monthly: { amount: 900, currency: 'USD' } }
  const id = await release(platform, provider, service, { version: '2.0.0', pricing })
  expect((await look()).waiting).toMatchObject({ release: id, reasons: [expect.stringContaining('$9.00')] })
  await provider.send('PATCH', `/v1/provider/services/${service}/releases/${id}`, { state: 'withdrawn' })
  expect((await look()).waiting).toBeNull()
})

test('a lower version, a pre-release and other settings never change a subscription by themselves', async ({
  platform,
  operator,
}) => {
  const { provider, service, look } = await subscribed(platform, operator)
  await release(platform, provider, service, { version: '0.9.0' })
  await release(platform, provider, service, { version: '2.0.0-beta.1' })
  expect(await look()).toMatchObject({ version: '1.0.0', waiting: null })
  const settings = {
    type: 'object',
    properties: { weeks: { type: 'integer', default: 4 } },
    additionalProperties: false,
  }
  await release(platform, provider, service, { version: '1.2.0', settings })
  expect(await look()).toMatchObject({ version: '1.0.0', waiting: { version: '1.2.0' } })
})

test('a preview of one service does not become the consent of another', async ({ platform, operator }) => {
  const one = await subscribed(platform, operator)
  const other = await publish(one.provider)
  const preview = await operator.post(`/v1/services/${other.service}/preview`, { business: one.business })
  const path = `/v1/subscriptions/${one.subscription.id}/consent`
  const refused = await operator.post(path, { preview: preview.body.id })
  expect(refused.body.type).toMatch(/consent-invalid$/)
  expect((await one.look()).grant).toBe(one.subscription.grant)
})
