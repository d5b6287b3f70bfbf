import { expect } from 'vitest'
import { billingTest, openShop } from '../../../test/billing.ts'
import type { Person } from '../../../test/people.ts'
import { subscribe } from '../../../test/services.ts'

const test = billingTest()

const usd = (amount: number) => ({ amount, currency: 'USD' })
const usage = [{ unit: 'run', price: usd(100), included: 1 }]

const setCap = (operator: Person, subscription: string, amount: number | null) =>
  operator.send('PUT', `/v1/subscriptions/${subscription}/usage-cap`, { amount })
const listUsage = async (operator: Person) => (await operator.get('/v1/usage')).body.items
const stateOf = async (operator: Person, subscription: string) =>
  (await operator.get(`/v1/subscriptions/${subscription}/executions?limit=1`)).body.items[0].state
const choose = (operator: Person) => operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })

test('a cap, what was spent and what is included go on with the business, cancelled and subscribed again', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { usage })
  expect((await setCap(operator, office.subscription, 200)).body).toMatchObject({ spent: usd(0) })
  await till.run(office.subscription)
  await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
  expect(await listUsage(operator)).toMatchObject([{ spent: usd(100), endedAt: expect.any(String) }])
  // A cap of what is over would say nothing.
  expect((await setCap(operator, office.subscription, 900)).status).toBe(409)

  const again = await subscribe(operator, office.business, office.published.service)
  await till.run(again.id)
  const reached = { cap: usd(200), capIsOwn: true, spent: usd(200), reachedAt: expect.any(String) }
  const units = [{ unit: 'run', count: 3, included: 1, charged: 2, amount: usd(200) }]
  expect(await listUsage(operator)).toMatchObject([
    { ...reached, subscription: again.id, units, endedAt: null },
  ])
  await operator.send('DELETE', `/v1/subscriptions/${again.id}`)
  const third = await subscribe(operator, office.business, office.published.service)
  await till.run(third.id)
  expect(await stateOf(operator, third.id)).toBe('waiting')
  expect(await listUsage(operator)).toMatchObject([{ ...reached, subscription: third.id }])

  await choose(operator)
  await till.giveCard()
  await till.advance(14)
  const charged = (await till.newest()).lines.filter(({ kind }: { kind: string }) => kind === 'usage')
  expect(charged.map(({ gross }: { gross: { amount: number } }) => gross.amount)).toEqual([100, 100])
})

test('a cap is set while a service is in its trial, and holds from the first use that is charged', async ({
  platform,
  operator,
  till,
}) => {
  const pricing = { usage: [{ unit: 'run', price: usd(100) }], trialDays: 3 }
  const office = await openShop(platform, operator, till, pricing)
  expect(await listUsage(operator)).toMatchObject([{ spent: usd(0), chargedFrom: expect.any(String) }])
  const set = await setCap(operator, office.subscription, 100)
  expect(set).toMatchObject({ status: 200, body: { cap: usd(100), capIsOwn: true, reachedAt: null } })
  // Even where nothing may be charged, the trial goes on.
  expect((await setCap(operator, office.subscription, 0)).body).toMatchObject({ reachedAt: null })
  await till.run(office.subscription)
  expect(await stateOf(operator, office.subscription)).toBe('succeeded')

  await setCap(operator, office.subscription, 100)
  await till.advance(4)
  await till.run(office.subscription)
  const [charged] = await listUsage(operator)
  expect(charged).toMatchObject({ spent: usd(100), reachedAt: expect.any(String), chargedFrom: null })
  await till.run(office.subscription)
  expect(await stateOf(operator, office.subscription)).toBe('waiting')
})
