import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { asAdmin } from '../../../test/executions.ts'
import type { Person } from '../../../test/people.ts'
import { control, type MoneyPlatform } from '../../../test/stripe.ts'
import { bringClock } from './stripe-clock.ts'

const test = billingTest()

const day = 86_400
const seconds = (text: string) => Math.floor(Date.parse(text) / 1_000)
const organisationOf = ({ organisation }: Person) => decodeId('org', organisation)

interface Kept {
  customer: string | null
  clock: string | null
}

const kept = async (platform: MoneyPlatform, operator: Person): Promise<Kept> => {
  const [row] = await asAdmin<Kept[]>(
    platform,
    'select stripe_customer as customer, stripe_clock as clock from bizq.billing_accounts where organisation_id = $1',
    [organisationOf(operator)],
  )
  return row ?? { customer: null, clock: null }
}

const clockOf = async (platform: MoneyPlatform, operator: Person) =>
  platform.deps.stripe.testHelpers.testClocks.retrieve((await kept(platform, operator)).clock ?? '')

const choose = (operator: Person) => operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })

test('the customer is on a test clock of Stripe’s, which goes with the account, and its invoices are made in that time', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator)
  await till.giveCard()
  await till.advance(46)
  const { now, period } = (await operator.get('/v1/billing')).body
  const clock = await clockOf(platform, operator)
  expect(clock.status).toBe('ready')
  expect(Math.abs(clock.frozen_time - seconds(now))).toBeLessThan(3_600)
  const { customer } = await kept(platform, operator)
  const { data } = await platform.deps.stripe.invoices.list({ customer: customer ?? '' })
  expect(data).toHaveLength(2)
  expect(Math.abs((data[0]?.created ?? 0) - seconds(period.from))).toBeLessThan(day + 3_600)
  expect(data.every((each) => each.test_clock === clock.id)).toBe(true)
})

test('whatever is lost on the way, there is one clock and one customer, and the clock comes to where the account is', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator)
  const { deps } = platform
  const clocks = deps.stripe.testHelpers.testClocks
  const { create, advance } = clocks
  const lost = new Set<string>()
  const losing =
    <G extends unknown[], T>(name: string, call: (...given: G) => Promise<T>) =>
    async (...given: G): Promise<T> => {
      const answer = await call.apply(clocks, given)
      if (lost.has(name)) return answer
      lost.add(name)
      throw new Error('the line went dead')
    }
  clocks.create = losing('create', create)
  clocks.advance = losing('advance', advance)
  const ask = () => operator.post('/v1/billing/payment-method', { returnTo: '/billing' })
  expect((await ask()).status).toBe(500)
  await till.giveCard()
  expect((await operator.post('/v1/billing/test-clock/advance', { days: 20 })).status).toBe(500)
  await till.advance(1)
  Object.assign(clocks, { create, advance })

  const { now } = (await operator.get('/v1/billing')).body
  const { id, frozen_time: at, name } = await clockOf(platform, operator)
  expect(Math.abs(at - seconds(now))).toBeLessThan(3_600)
  const { data } = await clocks.list({ limit: 100 })
  expect(data.filter((each) => each.name === name).map((each) => each.id)).toEqual([id])
  expect((await deps.stripe.customers.list({ test_clock: id })).data).toHaveLength(1)
})

test('a clock that is years behind comes along in steps that Stripe allows, and two that bring it at once agree', async ({
  platform,
  operator,
  till,
}) => {
  await till.giveCard()
  await asAdmin(
    platform,
    'update bizq.billing_accounts set clock_ahead_ms = $2::bigint where organisation_id = $1',
    [organisationOf(operator), 5 * 366 * day * 1_000],
  )
  const bring = () => bringClock(platform.deps, organisationOf(operator))
  await Promise.all([bring(), bring(), bring()])
  const { frozen_time: at } = await clockOf(platform, operator)
  expect(Math.abs(at - (Date.now() / 1_000 + 5 * 366 * day))).toBeLessThan(3_600)
})

test('a customer that was made without a clock stays without one', async ({ platform, operator, till }) => {
  await operator.get('/v1/billing')
  const { id } = await platform.deps.stripe.customers.create({})
  await asAdmin(
    platform,
    'update bizq.billing_accounts set stripe_customer = $2 where organisation_id = $1',
    [organisationOf(operator), id],
  )
  await choose(operator)
  await till.giveCard()
  await till.advance(15)
  expect(await kept(platform, operator)).toEqual({ customer: id, clock: null })
  expect(await till.newest()).toMatchObject({ state: 'paid' })
})

test('real money knows no test clocks', async ({ platform, operator }) => {
  const { stripe } = platform.deps
  Object.assign(stripe, { mode: 'live' })
  try {
    await operator.post('/v1/billing/payment-method', { returnTo: '/billing' })
    expect(await operator.post('/v1/billing/test-clock/advance', { days: 1 })).toMatchObject({ status: 409 })
  } finally {
    Object.assign(stripe, { mode: 'simulator' })
  }
  const { clock, customer } = await kept(platform, operator)
  expect(clock).toBeNull()
  expect(await stripe.customers.retrieve(customer ?? '')).toMatchObject({ test_clock: null })
})

test('when Stripe removes a clock, customer and open invoice are made anew, and another card pays', async ({
  platform,
  operator,
  till,
}) => {
  await choose(operator)
  await till.giveCard('pm_card_chargeCustomerFail')
  await till.advance(14)
  const before = await kept(platform, operator)
  expect((await operator.get('/v1/billing')).body.state).toBe('past_due')
  await platform.deps.stripe.testHelpers.testClocks.del(before.clock ?? '')
  await till.advance(1)
  expect(await kept(platform, operator)).not.toMatchObject({ customer: before.customer })
  expect((await operator.get('/v1/billing')).body).toMatchObject({ state: 'past_due', paymentMethod: null })

  await till.giveCard()
  await till.turn()
  expect(await till.newest()).toMatchObject({ state: 'paid', failure: null })
  const { customer } = await kept(platform, operator)
  const { data } = await platform.deps.stripe.charges.list({ customer: customer ?? '' })
  expect(data.map(({ amount }) => amount)).toEqual([9_700])
})

test('while Stripe does not answer, nothing of the account is lost', async ({ platform, operator, till }) => {
  await choose(operator)
  await till.giveCard()
  await control(platform, 'failures', { mode: '500', next: 3, path: '/v1/test_helpers' })
  await operator.post('/v1/billing/test-clock/advance', { days: 14 })
  await control(platform, 'failures/clear')
  await till.turn()
  expect(await till.newest()).toMatchObject({ state: 'paid' })
})
