import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prorate } from '../../ledger/index.ts'
import { applyOffers, couponsOfRest, type Coupon } from './offers.ts'
import { unusedOf } from './take-back.ts'

const spans = fc.constantFrom(
  { from: new Date('2028-01-31T00:00:00Z'), to: new Date('2028-02-29T00:00:00Z') },
  { from: new Date('2028-02-29T09:30:00Z'), to: new Date('2028-03-29T09:30:00Z') },
  { from: new Date('2026-10-31T23:59:59Z'), to: new Date('2026-11-30T23:59:59Z') },
)
const price = fc.bigInt({ min: 0n, max: 200_000n })
const part = fc.integer({ min: 0, max: 100_000 })
const appliesTo = fc.constantFrom('plan' as const, 'all' as const)
const percentage = fc
  .record({ percent: fc.integer({ min: 1, max: 100 }), appliesTo })
  .map(({ percent, appliesTo }) => ({ percent, amount: null, currency: null, appliesTo }))
const fixed = fc
  .record({ amount: price, appliesTo })
  .map(({ amount, appliesTo }) => ({ percent: null, amount, currency: 'USD', appliesTo }))
const namedAll = (each: Omit<Coupon, 'id' | 'code'>[]) =>
  each.map((coupon, i): Coupon => ({ ...coupon, id: `id${i}`, code: `CODE${i}` }))
const couponsOf = (kind: fc.Arbitrary<Omit<Coupon, 'id' | 'code'>>) =>
  fc.array(kind, { maxLength: 4 }).map(namedAll)

const takeOff = (gross: bigint, coupons: Coupon[]) => {
  const [line] = applyOffers([{ kind: 'plan', of: null, gross }], {
    bundles: [],
    coupons,
    currency: 'USD',
    rates: new Map(),
  }).lines
  return { net: gross - (line?.discount ?? 0n), discounts: line?.discounts ?? [] }
}
const at = ({ from, to }: { from: Date; to: Date }, of: number) =>
  new Date(from.getTime() + Math.floor(((to.getTime() - from.getTime()) * of) / 100_000))
const apart = (one: bigint, other: bigint) => Math.abs(Number(one - other))

test('a plan that takes its own place in a period comes to what is unused of it, whatever came off', () => {
  fc.assert(
    fc.property(spans, price, couponsOf(fc.oneof(percentage, fixed)), part, (span, gross, coupons, of) => {
      const paid = takeOff(gross, coupons)
      const after = at(span, of)
      const rest = prorate(gross, { from: after, to: span.to }, span)
      const { net } = takeOff(rest, couponsOfRest(coupons, { ...paid, span, currency: 'USD' }, after))
      // Each coupon, the rest and what is unused are rounded once.
      expect(apart(net, unusedOf({ amount: paid.net, span }, after))).toBeLessThanOrEqual(coupons.length + 2)
    }),
  )
})

test('of an amount that came off, no change of plan takes anything away: the difference is that of the prices', () => {
  fc.assert(
    fc.property(spans, price, price, couponsOf(fixed), part, (span, gross, next, coupons, of) => {
      const paid = takeOff(gross, coupons)
      const after = at(span, of)
      const restOf = (amount: bigint) => prorate(amount, { from: after, to: span.to }, span)
      const left = couponsOfRest(coupons, { ...paid, span, currency: 'USD' }, after)
      const off = left.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n)
      fc.pre(off <= restOf(next))
      const difference = takeOff(restOf(next), left).net - unusedOf({ amount: paid.net, span }, after)
      expect(apart(difference, restOf(next) - restOf(gross))).toBeLessThanOrEqual(coupons.length + 2)
    }),
  )
})

test('what of an amount falls on the rest is never more than came off, and nothing at the period’s end', () => {
  fc.assert(
    fc.property(spans, price, couponsOf(fixed), part, (span, gross, coupons, of) => {
      const paid = takeOff(gross, coupons)
      const sumAt = (after: Date) =>
        couponsOfRest(coupons, { ...paid, span, currency: 'USD' }, after).reduce(
          (sum, { amount }) => sum + (amount ?? 0n),
          0n,
        )
      expect(sumAt(at(span, of))).toBeLessThanOrEqual(gross - paid.net)
      expect(sumAt(span.from)).toBe(gross - paid.net)
      expect(sumAt(span.to)).toBe(0n)
    }),
  )
})
