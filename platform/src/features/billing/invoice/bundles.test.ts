import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divideHalfEven } from '../../ledger/index.ts'
import { periodAsks } from './asks.ts'
import { buildInvoice } from './build.ts'
import { applyOffers, type Bundle, type OfferedLine } from './offers.ts'

const services = ['s1', 's2', 's3']
const dayOf = (day: number) => new Date(Date.UTC(2026, 2, 1 + day))
const days = fc
  .tuple(fc.nat(30), fc.nat(30))
  .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)])

const had = fc.array(fc.tuple(fc.constantFrom(...services), days), { maxLength: 6 })
const bundle = fc.record({
  name: fc.uuid(),
  services: fc.subarray(services, { minLength: 2 }),
  percent: fc.integer({ min: 1, max: 90 }),
})
const linesOf = fc.array(fc.tuple(fc.constantFrom(...services), days, fc.nat(9_999)), { maxLength: 4 })

type Drawn = [string, [number, number]][]

/** On a day, for each service the bundle that it is in: of those of which the business has everything the best. */
function bundlesOn(day: number, has: Drawn, bundles: readonly Bundle[]): Map<string, Bundle> {
  const free = new Set(has.filter(([, [from, to]]) => from <= day && day < to).map(([service]) => service))
  const found = new Map<string, Bundle>()
  for (const each of bundles.toSorted((a, b) => b.percent - a.percent)) {
    if (!each.services.every((service) => free.has(service))) continue
    for (const service of each.services) {
      free.delete(service)
      found.set(service, each)
    }
  }
  return found
}

test('a bundle takes its percentage off those days behind on which the business had all of it, and off no other', () => {
  fc.assert(
    fc.property(had, linesOf, fc.array(bundle, { maxLength: 3 }), (has, drawn, bundles) => {
      const hadOf = has.map(([service, [from, to]]) => ({ service, from: dayOf(from), to: dayOf(to) }))
      const lines = drawn.map(([service, [from, to], gross]): OfferedLine => ({
        kind: 'catch-up',
        of: { charge: null, subscription: service, business: 'b', service, provider: 'p' },
        gross: BigInt(gross),
        span: { from: dayOf(from), to: dayOf(to) },
        had: hadOf,
      }))
      const terms = { bundles, coupons: [], currency: 'USD', rates: new Map<string, string>() }
      const off = applyOffers(lines, terms).lines
      for (const each of bundles) {
        const parts = drawn.map(([service, [from, to], gross]) => {
          const within = Array.from({ length: to - from }, (_, i) => from + i).filter(
            (day) => bundlesOn(day, has, bundles).get(service) === each,
          )
          return divideHalfEven(BigInt(gross) * BigInt(within.length), BigInt(Math.max(1, to - from)))
        })
        const whole = divideHalfEven(parts.reduce((sum, part) => sum + part, 0n) * BigInt(each.percent), 100n)
        const taken = off.flatMap(({ discounts }) => discounts.filter(({ name }) => name === each.name))
        const sum = taken.reduce((all, { amount }) => all + amount, 0)
        // Two bundles that share one line to the half cent may leave the second a cent less.
        expect(Math.abs(sum - Number(whole))).toBeLessThanOrEqual(bundles.length > 1 ? drawn.length : 0)
      }
      off.forEach(({ discount }, i) => expect(discount <= (lines[i]?.gross ?? 0n)).toBe(true))
    }),
  )
})

test('what began later than the rest of a bundle is cheaper from its first day, and what was alone before is not', () => {
  const at = (service: string, from: number, to: number): OfferedLine => ({
    kind: 'catch-up',
    of: { charge: null, subscription: service, business: 'b', service, provider: 'p' },
    gross: 1_000n,
    span: { from: dayOf(from), to: dayOf(to) },
    had: [
      { service: 's1', from: dayOf(0), to: dayOf(20) },
      { service: 's2', from: dayOf(10), to: dayOf(20) },
    ],
  })
  const bundles = [{ name: 'Both', services: ['s1', 's2'], percent: 15 }]
  const terms = { bundles, coupons: [], currency: 'USD', rates: new Map<string, string>() }
  const discounts = (lines: OfferedLine[]) => applyOffers(lines, terms).lines.map(({ discount }) => discount)
  expect(discounts([at('s1', 0, 20), at('s2', 10, 20)])).toEqual([75n, 150n])
  // The first was invoiced ahead, before there was a bundle.
  expect(discounts([at('s2', 10, 20)])).toEqual([150n])
  const elsewhere = at('s1', 0, 20)
  expect(discounts([{ ...elsewhere, had: elsewhere.had?.slice(0, 1) }])).toEqual([0n])
})

test('services of a bundle that a business has from day one cost less from that day on, in proportion', () => {
  const chargeOf = (service: string) => ({
    organisation_id: 'o',
    id: service,
    subscription_id: service,
    business_id: 'b',
    service_id: service,
    provider_id: 'p',
    price: { monthly: { amount: 500, currency: 'USD' }, usage: [], trialDays: 0 },
    from_at: dayOf(17),
    to_at: null,
    ended_because: null,
    billed_until: null,
  })
  const month = { from: dayOf(0), to: dayOf(31) }
  const asked = periodAsks({
    plan: 'starter',
    period: { from: dayOf(31), to: dayOf(61) },
    previous: month,
    month,
    charges: ['s1', 's2'].map(chargeOf),
    used: [],
    caps: new Map(),
    hasRun: () => true,
    nameOf: () => 'Service',
    isFree: () => false,
  })
  const { lines } = buildInvoice(asked, {
    currency: 'USD',
    rates: new Map(),
    bundles: [{ name: 'Both', services: ['s1', 's2'], percent: 15 }],
    coupons: [],
    credits: { service: 0n, granted: 0n, account: 0n },
  })
  const of = (kind: string) => lines.filter((line) => line.kind === kind)
  // 500 for 14 of 31 days is 226; 15 % of both is 67.8.
  expect(of('catch-up').map(({ gross, net }) => [gross, net])).toEqual([
    [226n, 192n],
    [226n, 192n],
  ])
  expect(of('monthly').map(({ net }) => net)).toEqual([425n, 425n])
})
