import { afterEach, expect } from 'vitest'
import { billingTest, openShop } from '../../../test/billing.ts'
import { platformPerson, type Person } from '../../../test/people.ts'
import type { Charge } from './charge-store.ts'
import { periodAsks } from './invoice/asks.ts'

/** At which instant the platform's own clock stands, while it stands. */
let standing: Date | undefined

const test = billingTest({ clock: () => standing ?? new Date() })
afterEach(() => void (standing = undefined))

const usd = (amount: number) => ({ amount, currency: 'USD' })

const choose = (operator: Person, plan: string, more: object = {}) =>
  operator.send('PUT', '/v1/billing/plan', { plan, ...more })
const kindsOf = (invoice: { lines: { kind: string }[] }) => invoice.lines.map(({ kind }) => kind)

test('an execution that succeeded in the trial of a service does not make the days after it charged', async ({
  platform,
  operator,
  till,
}) => {
  await openShop(platform, operator, till, { monthly: usd(6_000), trialDays: 4 })
  await till.begin()
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
const perRun = (amount: number) => [{ unit: 'run', price: usd(amount), included: 0, per: 'execution' }]
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

test('a cap that is lowered just before the period ends takes nothing of what was used from its provider', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { usage: perRun(100) })
  await till.run(office.subscription)
  await choose(operator, 'starter')
  await till.giveCard()
  const path = `/v1/subscriptions/${office.subscription}/usage-cap`
  const setCap = async (amount: number | null) => (await operator.send('PUT', path, { amount })).body
  const lowered = { spent: usd(200), cap: usd(0), reachedAt: expect.any(String) }
  expect(await setCap(0)).toMatchObject(lowered)
  // Setting it again neither adds to what was used nor lets go of it.
  expect(await setCap(0)).toMatchObject(lowered)
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('waiting')
  const upcoming = (await operator.get('/v1/invoices/upcoming')).body
  const used = { kind: 'usage', gross: usd(200) }
  expect(upcoming.lines).toContainEqual(expect.objectContaining(used))
  await till.advance(14)
  expect((await till.newest()).lines).toContainEqual(expect.objectContaining(used))

  // What was kept for one period says nothing of the next.
  await till.run(office.subscription)
  expect((await office.latest()).state).toBe('waiting')
  const [next] = (await operator.get('/v1/usage')).body.items
  expect(next).toMatchObject({ spent: usd(0), cap: usd(0), reachedAt: expect.any(String) })
  await till.advance(31)
  expect(kindsOf(await till.newest())).toEqual(['plan'])
})

test('what was used beyond a cap is not charged because the cap is set again', async ({
  platform,
  operator,
  till,
}) => {
  const office = await openShop(platform, operator, till, { usage: perRun(3_000) })
  const path = `/v1/subscriptions/${office.subscription}/usage-cap`
  expect((await operator.get('/v1/usage')).body.items).toMatchObject([{ spent: usd(2_000) }])
  expect((await operator.send('PUT', path, { amount: 100 })).body).toMatchObject({
    spent: usd(2_000),
    cap: usd(100),
  })
})

test.for(['USD', 'EUR'])(
  'a change of plan comes to what its preview said, in %s: less the same percentage, and of an amount what falls on the rest',
  async (currency, { platform, operator, till }) => {
    const admin = await platformPerson(platform, 'owner')
    const coupons = [
      { code: `HALF-${currency}`, percent: 50, appliesTo: 'plan' },
      { code: `TWENTY-${currency}`, amount: usd(2_000), months: null, appliesTo: 'plan' },
      { code: `LATE-${currency}`, percent: 10, months: null, appliesTo: 'plan' },
    ]
    for (const coupon of coupons) expect((await admin.post('/v1/admin/coupons', coupon)).status).toBe(201)
    const redeem = (at: number) => operator.post('/v1/billing/coupons', { code: coupons[at]?.code })
    await choose(operator, 'starter', { currency })
    await redeem(0)
    await redeem(1)
    await till.giveCard()
    await till.advance(14)
    const [before] = (await till.newest()).lines
    expect(before.discounts.map(({ words }: { words: string }) => words)).toEqual([
      `HALF-${currency}`,
      `TWENTY-${currency}`,
    ])
    await redeem(2)
    await till.advance(9)

    standing = new Date()
    const { now, period } = (await operator.get('/v1/billing')).body
    const preview = (await operator.post('/v1/billing/plan/preview', { plan: 'professional' })).body
    await choose(operator, 'professional')
    await till.turn()
    const invoice = await till.newest()
    expect(invoice).toMatchObject({ kind: 'change', state: 'paid', total: preview.dueNow })
    const [line] = invoice.lines
    const [to, from] = [Date.parse(period.to), Date.parse(period.from)]
    const rest = (to - Date.parse(now)) / (to - from)
    const rate = currency === 'USD' ? 1 : line.rate * 1.02
    const unused = before.amount.amount * rest
    const twenty = 2_000 * rest * (currency === 'USD' ? 1 : line.rate)
    const cents = (amount: number) => ({ amount: expect.closeTo(amount, -0.5), currency })
    expect(line).toMatchObject({
      gross: cents(29_700 * rest * rate),
      discounts: [
        { words: `HALF-${currency}`, amount: cents((29_700 * rest * rate) / 2) },
        { words: `TWENTY-${currency}`, amount: cents(twenty) },
        { words: 'Not used of the Starter plan', amount: cents(unused) },
      ],
      amount: cents((29_700 * rest * rate) / 2 - twenty - unused),
      conversion: cents(currency === 'USD' ? 0 : (line.amount.amount * 2) / 102),
    })
    expect(preview.lines.map((each: { amount: unknown }) => each.amount)).toEqual([
      cents((29_700 * rest * rate) / 2 - twenty),
      cents(-unused),
    ])

    const back = (await operator.post('/v1/billing/plan/preview', { plan: 'starter' })).body
    await choose(operator, 'starter')
    await till.turn()
    await till.refund()
    expect((await operator.get('/v1/billing')).body.credit.account).toEqual(back.creditLater)
  },
)
