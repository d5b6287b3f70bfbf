import { expect } from 'vitest'
import { openTill, type Till } from '../../../test/billing.ts'
import { answering, openOffice, type Office } from '../../../test/executions.ts'
import { test as base } from '../../../test/harness.ts'
import { expectSound } from '../../../test/money.ts'
import type { Person } from '../../../test/people.ts'
import { openMoneyPlatform, type MoneyPlatform } from '../../../test/stripe.ts'
import type { Charge } from './charge-store.ts'
import { periodAsks } from './invoice/asks.ts'

const test = base.extend<{ platform: MoneyPlatform; till: Till }>({
  platform: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
    async ({}, use) => {
      const platform = await openMoneyPlatform()
      await use(platform)
      await platform.close()
    },
    { scope: 'file' },
  ],
  till: async ({ platform, operator }, use) => {
    await use(openTill(platform, operator))
    await expectSound(platform)
  },
})

const usd = (amount: number) => ({ amount, currency: 'USD' })

async function openShop(
  platform: MoneyPlatform,
  operator: Person,
  till: Till,
  pricing: object,
): Promise<Office> {
  const office = await openOffice(platform, operator, { body: answering('{}'), manifest: { pricing } })
  await till.run(office.subscription)
  return office
}

const choose = (operator: Person, plan: string, more: object = {}) =>
  operator.send('PUT', '/v1/billing/plan', { plan, ...more })
const kindsOf = (invoice: { lines: { kind: string }[] }) => invoice.lines.map(({ kind }) => kind)

test('an execution that succeeded in the trial of a service does not make the days after it charged', async ({
  platform,
  operator,
  till,
}) => {
  await openShop(platform, operator, till, { monthly: usd(6_000), trialDays: 4 })
  await choose(operator, 'starter')
  await till.giveCard()
  await till.advance(14)
  expect(kindsOf(await till.newest())).toEqual(['plan', 'monthly'])
})

test('an execution that succeeded after the trial of a service makes the days since its end charged', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { monthly: usd(6_000), trialDays: 4 })
  await choose(operator, 'starter')
  await till.giveCard()
  await till.advance(6)
  await till.run(office.subscription)
  await till.advance(8)
  expect(kindsOf(await till.newest())).toEqual(['plan', 'catch-up', 'monthly'])
})

const [begin, half, end, after] = ['03-01', '03-16', '04-01', '05-01'].map(
  (day) => new Date(`2026-${day}T00:00:00Z`),
) as [Date, Date, Date, Date]

const of = {
  organisation_id: 'o',
  subscription_id: 'sub',
  business_id: 'b',
  service_id: 's',
  provider_id: 'p',
}
const chargeOf = (change: Partial<Charge>): Charge => ({
  ...of,
  id: 'c',
  price: { monthly: null, usage: [], trialDays: 0 },
  from_at: begin,
  to_at: null,
  ended_because: null,
  billed_until: end,
  ...change,
})
const perRun = (amount: number) => [{ unit: 'run', price: usd(amount), included: 0 }]
const useOf = (count: number, amount: number) => ({
  ...of,
  unit: 'run',
  currency: 'USD',
  unit_price: amount,
  included: 0,
  count,
})

/** What is asked for use in a period at the middle of which the price changed. */
function askedForUse(
  [old, next]: [Charge['price'], Charge['price']],
  used: ReturnType<typeof useOf>[],
): bigint[] {
  const asks = periodAsks({
    plan: 'starter',
    period: { from: end, to: after },
    previous: { from: begin, to: end },
    month: { from: begin, to: end },
    charges: [chargeOf({ price: old, to_at: half }), chargeOf({ price: next, from_at: half })],
    used,
    caps: new Map(),
    hasRun: () => true,
    nameOf: () => 'Service',
    isFree: () => false,
  })
  return asks.filter(({ kind }) => kind === 'usage').map(({ amount }) => amount)
}

test('use stays capped when another price, without any by use, follows within the period', () => {
  const byUse = { monthly: null, usage: perRun(100), trialDays: 0 }
  const without = { monthly: usd(500), usage: [], trialDays: 0 }
  expect(askedForUse([byUse, without], [useOf(50, 100)])).toEqual([2_000n])
})

test('use is charged up to the cap of the price under which it was made', () => {
  const dear = { monthly: null, usage: perRun(100), trialDays: 0 }
  const cheap = { monthly: usd(100), usage: perRun(10), trialDays: 0 }
  expect(askedForUse([dear, cheap], [useOf(15, 100)])).toEqual([1_500n])
  expect(askedForUse([dear, cheap], [useOf(15, 100), useOf(5, 10)])).toEqual([1_500n])
  expect(askedForUse([cheap, dear], [useOf(50, 10), useOf(10, 100)])).toEqual([300n, 1_000n])
})
