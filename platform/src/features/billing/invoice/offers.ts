import { allocate, convert, divideHalfEven, prorate, type Period } from '../../ledger/index.ts'
import type { LineOf, Terms } from './build.ts'
import { bundled, type Had } from './bundles.ts'

/** Services (UUIDs) that cost less together, when one business has them all. */
export interface Bundle {
  name: string
  services: readonly string[]
  percent: number
}

/** A code that was redeemed and still counts. */
export interface Coupon {
  id: string
  code: string
  percent: number | null
  /** Minor units of `currency`. */
  amount: bigint | null
  currency: string | null
  appliesTo: 'plan' | 'services' | 'all'
}

export interface OfferedLine {
  kind: 'plan' | 'monthly' | 'catch-up' | 'usage'
  of: LineOf | null
  gross: bigint
  span?: Period
  /** Of a line for days behind: what its business had meanwhile. */
  had?: readonly Had[] | undefined
}

interface Discounted {
  discount: bigint
  discounts: { name: string; amount: number }[]
}

/** What comes off each line: of the bundles the best, then coupons in the order in which they were redeemed. */
export function applyOffers(
  lines: readonly OfferedLine[],
  terms: Pick<Terms, 'bundles' | 'coupons' | 'currency' | 'rates'>,
): { lines: Discounted[]; coupons: string[] } {
  const done = lines.map((): Discounted => ({ discount: 0n, discounts: [] }))
  const left = (i: number) => (lines[i]?.gross ?? 0n) - (done[i]?.discount ?? 0n)
  const takeOff = (
    name: string,
    places: readonly number[],
    discount: bigint,
    amounts = places.map(left),
  ): bigint => {
    const parts = shareDiscount(discount, amounts)
    places.forEach((place, i) => {
      const [part = 0n, line] = [parts[i], done[place]]
      if (!line || part === 0n) return
      line.discount += part
      line.discounts.push({ name, amount: Number(part) })
    })
    return parts.reduce((sum, part) => sum + part, 0n)
  }
  for (const { bundle, places, amounts } of bundled(lines, terms.bundles)) {
    // Parts of a line that are rounded up do not come to more than the line.
    const open = amounts.map((amount, i) => least(amount, left(places[i] ?? -1)))
    takeOff(bundle.name, places, percentOf(open, bundle.percent), open)
  }
  const coupons: string[] = []
  for (const coupon of terms.coupons) {
    const places = lines.flatMap(({ kind }, i) => (isFor(coupon, kind) ? [i] : []))
    const amounts = places.map(left)
    const off = coupon.percent === null ? amountIn(coupon, terms) : percentOf(amounts, coupon.percent)
    if (takeOff(coupon.code, places, off) > 0n) coupons.push(coupon.id)
  }
  return { lines: done, coupons }
}

/** What came off a line of a plan, in the currency of its invoice. */
interface Taken {
  discounts: readonly { name: string; amount: number }[]
  span: Period
  currency: string
}

/**
 * The coupons of a plan's line for the time after an instant, when another plan takes its place: percentages count
 * again, and of an amount that part which falls on what is left. So the unused part is lost by no change.
 */
export function couponsOfRest(
  coupons: readonly Coupon[],
  { discounts, span, currency }: Taken,
  after: Date,
): Coupon[] {
  const off = new Map(discounts.map(({ name, amount }) => [name, BigInt(amount)]))
  return coupons.map((coupon): Coupon => {
    if (coupon.percent !== null) return coupon
    const amount = prorate(off.get(coupon.code) ?? 0n, { from: after, to: span.to }, span)
    return { ...coupon, amount, currency, appliesTo: 'plan' }
  })
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)

const isFor = ({ appliesTo }: Coupon, kind: OfferedLine['kind']): boolean =>
  appliesTo === 'all' || (appliesTo === 'plan') === (kind === 'plan')

function percentOf(amounts: readonly bigint[], percent: number): bigint {
  return divideHalfEven(amounts.reduce((sum, amount) => sum + amount, 0n) * BigInt(percent), 100n)
}

function amountIn({ amount, currency }: Coupon, terms: Pick<Terms, 'currency' | 'rates'>): bigint {
  if (amount === null || currency === null) return 0n
  if (currency === terms.currency) return amount
  const rate = terms.rates.get(currency)
  if (rate === undefined) throw new Error(`there is no rate from ${currency} to ${terms.currency}`)
  return convert(amount, currency, terms.currency, rate).converted
}

/** Shares a discount over lines by what they come to, by largest remainder. */
function shareDiscount(discount: bigint, amounts: readonly bigint[]): bigint[] {
  const whole = amounts.reduce((sum, amount) => sum + amount, 0n)
  if (whole === 0n) return amounts.map(() => 0n)
  return allocate(discount < whole ? discount : whole, amounts)
}
