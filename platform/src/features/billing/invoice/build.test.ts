import fc from 'fast-check'
import { expect, test } from 'vitest'
import { monthsAfter, periodOf, prorate } from '../../ledger/index.ts'
import { nextDue } from '../schedule.ts'
import { capOf, costOfUse } from '../usage.ts'
import type { Used } from '../usage-store.ts'
import { periodAsks, planAsk, type PeriodFacts } from './asks.ts'
import { buildInvoice, leastCharge, type Asked, type Terms } from './build.ts'
import { nextAttempt } from './pay.ts'
import { takeBackFrom, takeBackOf, unusedOf } from './take-back.ts'

const span = { from: new Date('2026-01-31T00:00:00Z'), to: new Date('2026-02-28T00:00:00Z') }
const services = ['s1', 's2', 's3']

const line = fc
  .record({
    kind: fc.constantFrom('plan' as const, 'monthly' as const, 'catch-up' as const, 'usage' as const),
    business: fc.constantFrom('b1', 'b2'),
    service: fc.constantFrom(...services),
    amount: fc.bigInt({ min: 0n, max: 200_000n }),
    currency: fc.constantFrom('USD', 'EUR', 'JPY'),
    isFree: fc.boolean(),
  })
  .map(({ kind, business, service, amount, currency, isFree }): Asked => ({
    kind,
    description: kind,
    of:
      kind === 'plan'
        ? null
        : { charge: null, subscription: `${business}${service}`, business, service, provider: 'p' },
    span,
    quantity: 1,
    amount,
    currency,
    isFree: isFree && kind !== 'plan',
  }))

const credit = fc.bigInt({ min: 0n, max: 300_000n })
const terms: fc.Arbitrary<Terms> = fc.record({
  currency: fc.constant('USD'),
  rates: fc.constant(
    new Map([
      ['EUR', '1.0834'],
      ['JPY', '0.00671'],
    ]),
  ),
  bundles: fc.array(
    fc.record({
      name: fc.constant('Together'),
      services: fc.subarray(services, { minLength: 2 }),
      percent: fc.integer({ min: 1, max: 90 }),
    }),
    { maxLength: 2 },
  ),
  coupons: fc.array(
    fc.record({
      id: fc.uuid(),
      code: fc.constant('CODE'),
      percent: fc.option(fc.integer({ min: 1, max: 100 })),
      amount: fc.constant(1_234n),
      currency: fc.constantFrom('USD', 'EUR'),
      appliesTo: fc.constantFrom('plan' as const, 'services' as const, 'all' as const),
    }),
    { maxLength: 3 },
  ),
  credits: fc.record({ service: credit, granted: credit, account: credit }),
})

const sum = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n)

test('whatever is asked for and taken off, every line and the whole are paid to the minor unit and by nobody twice', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 15 }), terms, (asked, given) => {
      const built = buildInvoice(asked, given)
      for (const each of built.lines) {
        expect(each.net).toBe(each.gross - each.discount)
        expect(each.net).toBe(
          each.free + each.serviceCredit + each.grantedCredit + each.accountCredit + each.card,
        )
        expect(each.net >= 0n && each.discount >= 0n && each.card >= 0n).toBe(true)
        expect(each.conversion >= 0n && each.conversion <= each.net).toBe(true)
        expect(sum(each.discounts.map(({ amount }) => BigInt(amount)))).toBe(each.discount)
        if (each.kind === 'plan') expect(each.serviceCredit).toBe(0n)
        if (each.isFree) expect(each.free).toBe(each.net)
      }
      const { used, free, card, total, waived } = built
      expect(total).toBe(sum(built.lines.map(({ net }) => net)))
      expect(total).toBe(used.service + used.granted + used.account + free + card)
      expect(used.service <= given.credits.service && used.account <= given.credits.account).toBe(true)
      expect(used.granted <= given.credits.granted + waived).toBe(true)
    }),
  )
})

test('a card is charged nothing or at least what Stripe takes', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), terms, (asked, given) => {
      const { card, waived } = buildInvoice(asked, given)
      expect(card === 0n || card >= leastCharge).toBe(true)
      expect(waived < leastCharge).toBe(true)
    }),
  )
})

test('a bundle takes its percentage off where one business has all of it, and nowhere else', () => {
  const monthly = (business: string, service: string): Asked => ({
    kind: 'monthly',
    description: service,
    of: { charge: null, subscription: `${business}${service}`, business, service, provider: 'p' },
    span,
    quantity: 1,
    amount: 999n,
    currency: 'USD',
    isFree: false,
  })
  const asked = [monthly('b1', 's1'), monthly('b1', 's2'), monthly('b2', 's1')]
  const built = buildInvoice(asked, {
    currency: 'USD',
    rates: new Map(),
    bundles: [{ name: 'Both', services: ['s1', 's2'], percent: 10 }],
    coupons: [],
    credits: { service: 0n, granted: 0n, account: 0n },
  })
  // 10 % of 19.98 is 2.00 to the cent, shared over both.
  expect(built.lines.map(({ discount }) => discount)).toEqual([100n, 100n, 0n])
})

const used = (count: number, unitPrice: number, included = 0): Used => ({
  subscription_id: 'sub',
  business_id: 'b1',
  service_id: 's1',
  provider_id: 'p',
  unit: 'run',
  currency: 'USD',
  unit_price: unitPrice,
  included,
  count,
})

const factsOf = (change: Partial<PeriodFacts>): PeriodFacts => ({
  plan: 'starter',
  period: { from: span.to, to: new Date('2026-03-31T00:00:00Z') },
  previous: span,
  month: span,
  charges: [],
  used: [],
  caps: new Map(),
  hasRun: () => true,
  nameOf: () => 'Service',
  isFree: () => false,
  ...change,
})

const charge = (change: Partial<PeriodFacts['charges'][number]> = {}): PeriodFacts['charges'][number] => ({
  organisation_id: 'o',
  id: 'c',
  subscription_id: 'sub',
  business_id: 'b1',
  service_id: 's1',
  provider_id: 'p',
  price: {
    monthly: { amount: 1_000, currency: 'USD' },
    usage: [{ unit: 'run', price: { amount: 7, currency: 'USD' }, included: 0, per: 'execution' }],
    trialDays: 0,
  },
  from_at: span.from,
  to_at: null,
  ended_because: null,
  billed_until: null,
  ...change,
})

test('use is never charged beyond the cap, however it was priced meanwhile', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5_000), fc.nat(500), fc.nat(50)), { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(10_000)),
      (uses, cap) => {
        const facts = factsOf({
          charges: [charge({ billed_until: span.to })],
          used: uses.map(([count, price, included]) => used(count, price, included)),
          caps: new Map([['b1 s1', { amount: cap, spent_before: null }]]),
        })
        const asked = periodAsks(facts).filter(({ kind }) => kind === 'usage')
        const limit = BigInt(capOf(charge().price, cap) ?? 0)
        const whole = sum(costOfUse(facts.used).map(({ amount }) => BigInt(amount)))
        expect(sum(asked.map(({ amount }) => amount))).toBe(whole < limit ? whole : limit)
      },
    ),
  )
})

test('what is included is used first, once for each unit', () => {
  expect(costOfUse([used(3, 10, 5), used(4, 20, 5)]).map(({ amount }) => amount)).toEqual([0, 40])
})

test('what began within a month is asked for in proportion, what was invoiced is not asked for again', () => {
  const half = new Date('2026-02-14T00:00:00Z')
  const of = (change: Parameters<typeof charge>[0]) =>
    periodAsks(factsOf({ charges: [charge(change)] })).map(({ kind, amount }) => [kind, amount])
  expect(of({ from_at: half })).toEqual([
    ['plan', 9_700n],
    ['catch-up', 500n],
    ['monthly', 1_000n],
  ])
  expect(of({ billed_until: span.to })).toEqual([
    ['plan', 9_700n],
    ['monthly', 1_000n],
  ])
  expect(of({ from_at: half, to_at: new Date('2026-02-21T00:00:00Z') })).toEqual([
    ['plan', 9_700n],
    ['catch-up', 250n],
  ])
})

test('of what began and never succeeded nothing is asked', () => {
  const facts = factsOf({ charges: [charge({ to_at: span.to })], hasRun: () => false })
  expect(periodAsks(facts).map(({ kind }) => kind)).toEqual(['plan'])
})

const anchor = fc.constantFrom('2026-01-31T08:00:00Z', '2028-02-29T00:00:00Z', '2027-10-30T23:59:59Z')

test('a plan that is left and one that is taken up share a month to the second, on the 31st and on 29 February too', () => {
  fc.assert(
    fc.property(anchor, fc.nat(30), fc.nat(10_000), (start, number, part) => {
      const period = periodOf(new Date(start), number)
      const length = period.to.getTime() - period.from.getTime()
      const at = new Date(period.from.getTime() + Math.floor((length * part) / 10_000))
      const { amount } = planAsk('professional', period)
      const before = prorate(amount, { from: period.from, to: at }, period)
      const after = unusedOf({ amount, span: period }, at)
      expect(before + after >= amount - 1n && before + after <= amount + 1n).toBe(true)
      expect(after >= 0n && after <= amount).toBe(true)
      expect(monthsAfter(new Date(start), number + 1)).toEqual(period.to)
    }),
  )
})

test('what is taken back of plan lines sums to what is owed, and of no line more than it came to', () => {
  const amounts = fc.array(
    fc.tuple(fc.bigInt({ min: 0n, max: 99_700n }), fc.bigInt({ min: 0n, max: 99_700n })),
    {
      maxLength: 5,
    },
  )
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 0n, max: 200_000n }), (given, owed) => {
      const lines = given.map(([one, other], i) => ({
        id: String(i),
        kind: 'plan' as const,
        span,
        amount: one > other ? one : other,
        refunded: one > other ? other : one,
      }))
      const left = sum(lines.map(({ amount, refunded }) => amount - refunded))
      const taken = takeBackFrom(lines, owed, 'downgrade')
      expect(sum(taken.map(({ amount }) => amount))).toBe(owed < left ? owed : left)
      for (const { line: id, amount } of taken) {
        const of = lines[Number(id)]
        expect(of !== undefined && amount > 0n && amount <= of.amount - of.refunded).toBe(true)
      }
    }),
  )
})

test('of a line of which nothing succeeded all is given back, else what was left when it ended', () => {
  const monthly = { id: 'l', kind: 'monthly' as const, span, amount: 1_000n, refunded: 0n }
  const half = new Date('2026-02-14T00:00:00Z')
  const end = { endedAt: half, because: 'cancelled' as const }
  expect(takeBackOf(monthly, { ...end, hasRun: false })).toMatchObject({
    cause: 'no_execution',
    amount: 1_000n,
  })
  expect(takeBackOf(monthly, { ...end, hasRun: true })).toMatchObject({ cause: 'cancelled', amount: 500n })
  expect(takeBackOf({ ...monthly, refunded: 700n }, { ...end, hasRun: true })?.amount).toBe(300n)
  expect(takeBackOf(monthly, { endedAt: null, because: 'cancelled', hasRun: true })).toBeUndefined()
})

test('a payment is tried again 1, 3, 5 and 7 days after it first failed, and then no more, however often by hand', () => {
  const since = new Date('2026-03-01T00:00:00Z')
  const day = 86_400_000
  const daysTo = (at: Date | null) => at && (at.getTime() - since.getTime()) / day
  const days: number[] = []
  for (let at: Date | null = since; (at = nextAttempt('active', since, at));) days.push(daysTo(at) ?? 0)
  expect(days).toEqual([1, 3, 5, 7])
  for (const hours of [1, 2, 3, 4, 5, 23])
    expect(daysTo(nextAttempt('past_due', since, new Date(since.getTime() + hours * 3_600_000)))).toBe(1)
  expect(nextAttempt('paused', since, since)).toBeNull()
})

test('what an account is due for comes in the order of its time', () => {
  const base = {
    state: 'active',
    plan_change: null,
    trial_ends_at: span.from,
    period_end: span.to,
    grace_ends_at: null,
  }
  const account = base as unknown as Parameters<typeof nextDue>[0]
  const early = { id: 'i', next_attempt_at: span.from }
  expect(nextDue(account, [])).toEqual({ kind: 'period', at: span.to })
  expect(nextDue(account, [early])).toEqual({ kind: 'pay', at: span.from, invoice: 'i' })
  expect(nextDue({ ...account, state: 'paused' }, [])).toBeUndefined()
})

test('what refunds gave back of a period’s credit pays for what that period asks for at its end, and for nothing ahead', () => {
  const ask = (kind: 'monthly' | 'usage', amount: bigint): Asked => ({
    kind,
    description: kind,
    of: { charge: null, subscription: 'u', business: 'b', service: 's', provider: 'p' },
    span,
    quantity: 1,
    amount,
    currency: 'USD',
    isFree: false,
  })
  const usedOf = (asked: readonly Asked[], returned: bigint) =>
    buildInvoice(asked, {
      currency: 'USD',
      rates: new Map(),
      bundles: [],
      coupons: [],
      credits: { service: 5_000n, granted: 0n, account: 0n },
      returned,
    }).used.service
  expect(usedOf([ask('monthly', 9_000n), ask('usage', 1_500n)], 2_000n)).toBe(6_500n)
  expect(usedOf([ask('monthly', 9_000n), ask('usage', 1_500n)], 700n)).toBe(5_700n)
  expect(usedOf([ask('monthly', 9_000n)], 2_000n)).toBe(5_000n)
})
