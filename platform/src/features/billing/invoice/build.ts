import { applyCredits, convert, divideHalfEven, type Credits, type Period } from '../../ledger/index.ts'
import type { Had } from './bundles.ts'
import { applyOffers, type Bundle, type Coupon, type OfferedLine } from './offers.ts'

/** What a line is for; UUIDs. */
export interface LineOf {
  charge: string | null
  subscription: string
  business: string
  service: string
  provider: string
}

/** A line before anything is taken off, in the currency of its price. */
export interface Asked {
  kind: 'plan' | 'monthly' | 'catch-up' | 'usage'
  description: string
  of: LineOf | null
  span: Period
  quantity: number
  /** Of all of it, in minor units. */
  amount: bigint
  currency: string
  /** The platform pays the whole of it: a launch provider's first customers. */
  isFree: boolean
  /** Of a line for days behind: what its business had meanwhile. */
  had?: readonly Had[]
}

export interface Terms {
  currency: string
  /** Units of the invoice's currency for one of another, as decimal text. */
  rates: ReadonlyMap<string, string>
  bundles: readonly Bundle[]
  coupons: readonly Coupon[]
  credits: Credits
  /** What refunds gave back of the plan's credit in the period before: it pays for what that period still asks, then it is over. */
  returned?: bigint
}

export interface BuiltLine extends Asked {
  rate: string | null
  /** In the invoice's currency, with the conversion fee. */
  gross: bigint
  discount: bigint
  discounts: { name: string; amount: number }[]
  /** What is asked for: gross less discount. */
  net: bigint
  /** The part of it that is the conversion fee. */
  conversion: bigint
  free: bigint
  serviceCredit: bigint
  grantedCredit: bigint
  accountCredit: bigint
  card: bigint
}

export interface BuiltInvoice {
  lines: BuiltLine[]
  total: bigint
  used: Credits
  free: bigint
  card: bigint
  /** Too little to be charged: the platform waives it as granted credit. */
  waived: bigint
  /** Ids of the coupons that took something off. */
  coupons: string[]
}

/** The least that a card is charged, in minor units of USD, EUR and GBP alike: https://docs.stripe.com/currencies */
export const leastCharge = 50n

/**
 * The lines of an invoice from what is asked for: converted, then discounted (bundles, then coupons), then paid by
 * what is free, the plan's credit, granted credit, account credit and the card, in that order. Every sum is exact.
 */
export function buildInvoice(asked: readonly Asked[], terms: Terms): BuiltInvoice {
  const converted = asked.map((line) => ({ line, ...convertLine(line, terms) }))
  const offered = applyOffers(
    converted.map(({ line, gross }): OfferedLine => ({
      kind: line.kind,
      of: line.of,
      gross,
      span: line.span,
      had: line.had,
    })),
    terms,
  )
  const nets = converted.map(({ gross }, i) => gross - (offered.lines[i]?.discount ?? 0n))
  const creditable = converted.map(({ line }, i) => ({
    amount: nets[i] ?? 0n,
    takesServiceCredit: line.kind !== 'plan',
    isFree: line.isFree,
  }))
  const behind = converted.reduce((sum, { line }, i) => (isBehind(line) ? sum + (nets[i] ?? 0n) : sum), 0n)
  const returned = terms.returned ?? 0n
  const credits = {
    ...terms.credits,
    service: terms.credits.service + (returned < behind ? returned : behind),
  }
  const first = applyCredits(creditable, credits)
  const open = first.parts.reduce((sum, { card }) => sum + card, 0n)
  const waived = open > 0n && open < leastCharge ? open : 0n
  const { parts, used } =
    waived === 0n ? first : applyCredits(creditable, { ...credits, granted: credits.granted + waived })
  const lines = converted.map(({ line, rate, gross, fee }, i): BuiltLine => {
    const net = nets[i] ?? 0n
    const part = parts[i] ?? { free: 0n, service: 0n, granted: 0n, account: 0n, card: net }
    return {
      ...line,
      rate,
      gross,
      discount: gross - net,
      discounts: offered.lines[i]?.discounts ?? [],
      net,
      conversion: gross === 0n ? 0n : divideHalfEven(fee * net, gross),
      free: part.free,
      serviceCredit: part.service,
      grantedCredit: part.granted,
      accountCredit: part.account,
      card: part.card,
    }
  })
  const sum = (of: (line: BuiltLine) => bigint) => lines.reduce((all, line) => all + of(line), 0n)
  return {
    lines,
    total: sum(({ net }) => net),
    used,
    free: sum(({ free }) => free),
    card: sum(({ card }) => card),
    waived,
    coupons: offered.coupons,
  }
}

/** Asked for at the end of the period that it is for. */
const isBehind = ({ kind, isFree }: Asked): boolean => !isFree && (kind === 'catch-up' || kind === 'usage')

function convertLine({ amount, currency }: Asked, terms: Terms) {
  if (currency === terms.currency) return { rate: null, gross: amount, fee: 0n }
  const rate = terms.rates.get(currency)
  if (rate === undefined) throw new Error(`there is no rate from ${currency} to ${terms.currency}`)
  const { total, fee } = convert(amount, currency, terms.currency, rate)
  return { rate, gross: total, fee }
}
