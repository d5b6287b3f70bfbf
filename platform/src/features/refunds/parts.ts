import { creditPercent } from '../availability/index.ts'
import { allocate, divideHalfEven } from '../ledger/index.ts'

/** Who paid a line, in minor units; tax was paid by card besides. */
export interface PaidLine {
  card: bigint
  account: bigint
  promotional: bigint
  tax: bigint
}

/** What was given back of a line, or is about to be: card + credit + promotional is the amount, and tax comes besides. */
export interface RefundParts {
  card: bigint
  /** To the operator's account credit. */
  credit: bigint
  /** To nobody: the platform had paid it. */
  promotional: bigint
  /** Of the tax, to the card. */
  tax: bigint
}

export const nothingBack: RefundParts = { card: 0n, credit: 0n, promotional: 0n, tax: 0n }

const least = (...amounts: bigint[]): bigint => amounts.reduce((a, b) => (a < b ? a : b))
const most = (...amounts: bigint[]): bigint => amounts.reduce((a, b) => (a > b ? a : b))

export const amountOf = ({ card, credit, promotional }: RefundParts): bigint => card + credit + promotional

export function sumParts(all: readonly RefundParts[]): RefundParts {
  return all.reduce(
    (sum, each) => ({
      card: sum.card + each.card,
      credit: sum.credit + each.credit,
      promotional: sum.promotional + each.promotional,
      tax: sum.tax + each.tax,
    }),
    nothingBack,
  )
}

/** The tax on what the card gets back, cumulative, so that the whole card part brings the whole tax back. */
function taxBack(line: PaidLine, before: RefundParts, card: bigint): bigint {
  if (line.card === 0n) return 0n
  const target = divideHalfEven(line.tax * (before.card + card), line.card) - before.tax
  return most(0n, least(target, line.tax - before.tax))
}

/**
 * What a refund of `amount` of a line gives to whom, after what was given back before: what the operator had paid and
 * what the platform had paid in proportion, cumulative; to the card first where the card is the way. Tax goes back
 * with the card alone: account credit lowers what the next tax is reckoned from. Throws a RangeError beyond what is left.
 */
export function refundParts(
  line: PaidLine,
  before: RefundParts,
  amount: bigint,
  way: 'card' | 'account_credit',
): RefundParts {
  const real = line.card + line.account
  const whole = real + line.promotional
  const done = amountOf(before)
  if (amount <= 0n || done + amount > whole)
    throw new RangeError(`of a line of ${whole}, ${done} is given back: ${amount} more is not possible`)
  const realLeft = real - before.card - before.credit
  const promotionalLeft = line.promotional - before.promotional
  const target = divideHalfEven(real * (done + amount), whole) - before.card - before.credit
  const back = least(most(target, amount - promotionalLeft, 0n), realLeft, amount)
  const card = way === 'card' ? least(back, line.card - before.card) : 0n
  return {
    card,
    credit: back - card,
    promotional: amount - back,
    tax: card > 0n ? taxBack(line, before, card) : 0n,
  }
}

/** What had paid the part of a line that the platform paid, and what of it can be used again. */
interface CreditPaid {
  service: bigint
  granted: bigint
  isLaunchFree: boolean
  /** The period of the plan's credit is not over. */
  isServicePresent: boolean
  /** What the whole invoice used of granted credit, and what of that was granted for it alone. */
  grantedOfInvoice: bigint
  waived: bigint
}

/**
 * What of a promotional part that is given back can be used again: the plan's credit while its period lasts, granted
 * credit always, each in proportion and cumulative. What was free for a launch provider's customers, or waived since
 * it was too little for a card, never was the operator's to use.
 */
export function creditBack(
  paid: CreditPaid,
  before: bigint,
  promotional: bigint,
): { service: bigint; granted: bigint } {
  const whole = paid.service + paid.granted
  if (paid.isLaunchFree || whole === 0n || promotional <= 0n) return { service: 0n, granted: 0n }
  const ofService = (amount: bigint) => divideHalfEven(paid.service * amount, whole)
  const service = ofService(before + promotional) - ofService(before)
  const { grantedOfInvoice, waived } = paid
  const granted =
    grantedOfInvoice === 0n ? 0n : ((promotional - service) * (grantedOfInvoice - waived)) / grantedOfInvoice
  return { service: paid.isServicePresent ? service : 0n, granted }
}

/**
 * Shares money that left the card's charge as a whole (a bank took it, or somebody refunded it at Stripe) over the
 * lines that the card paid, by what is left of each. `beyond` is what no line covers any more.
 */
export function allotCharge(
  lines: readonly { line: PaidLine; before: RefundParts }[],
  total: bigint,
): { parts: RefundParts[]; beyond: bigint } {
  const left = lines.map(({ line, before }) => {
    const card = most(
      0n,
      least(line.card - before.card, line.card + line.account - before.card - before.credit),
    )
    return { card, tax: card === 0n ? 0n : line.tax - before.tax }
  })
  const weights = left.map(({ card, tax }) => card + tax)
  const covered = weights.reduce((all, each) => all + each, 0n)
  const shared = least(total, covered)
  const taken = shared === 0n ? weights.map(() => 0n) : allocate(shared, weights)
  const parts = taken.map((amount, i) => {
    const { card = 0n, tax = 0n } = left[i] ?? {}
    if (amount === 0n) return nothingBack
    const ofTax = least(tax, amount - 1n, most(divideHalfEven(amount * tax, card + tax), amount - card))
    return { card: amount - ofTax, credit: 0n, promotional: 0n, tax: ofTax }
  })
  return { parts, beyond: total - shared }
}

/** What measured downtime is worth, of what was kept for its time: by the scale of what every service promises. */
export function downtimeCredit(kept: bigint, measured: { minutes: number; minutesDown: number }): bigint {
  return divideHalfEven(kept * BigInt(creditPercent(measured.minutes, measured.minutesDown)), 100n)
}
