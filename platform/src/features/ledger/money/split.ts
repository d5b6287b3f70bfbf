import { allocate, divideHalfEven } from './rounding.ts'

/** What a provider gets of a line, in hundredths: usually, in a launch provider's first year, and of the platform's own lines. */
export const sharePercents = { usual: 80, launch: 90, own: 0 } as const

/** A paid line, in minor units of the invoice's currency. What it comes to is card + account + promotional. */
export interface SplitInput {
  card: bigint
  /** Paid by what was given back earlier: real money. */
  account: bigint
  /** Paid by the platform: plan's credit, granted credit, lines free for a launch provider's customers. */
  promotional: bigint
  /** The part of the line that is the conversion fee. */
  conversion: bigint
  /** 0 of the platform's own lines (plan). */
  sharePercent: number
}

/** Who gets what of a line: share + processing + conversion + platform is the line. None is below 0. */
export interface LineSplit {
  line: bigint
  /** The provider's, after its part of processing. */
  share: bigint
  /** What the provider bears of Stripe's fee. */
  processing: bigint
  conversion: bigint
  platform: bigint
}

/**
 * Splits the lines of one paid invoice. Stripe's fee is shared over what the card paid of every line, the plan's
 * and the tax's too, by largest remainder; a provider bears its lines' part, at most its share, and the platform the rest.
 */
export function splitInvoice(lines: readonly SplitInput[], processingFee: bigint, tax = 0n): LineSplit[] {
  const byCard = [...lines.map(({ card }) => card), tax]
  // Where no card paid there is no fee; if Stripe took one all the same, the platform bears it.
  const fees = byCard.some((card) => card > 0n) ? allocate(processingFee, byCard) : []
  return lines.map((input, i) => splitLine(input, fees[i] ?? 0n))
}

function splitLine(input: SplitInput, fee: bigint): LineSplit {
  const { card, account, promotional, conversion, sharePercent } = input
  const line = card + account + promotional
  if (conversion < 0n || conversion > line) throw new RangeError('the conversion fee is a part of the line')
  const ownShare = divideHalfEven((line - conversion) * BigInt(sharePercent), 100n)
  const processing = fee < ownShare ? fee : ownShare
  return {
    line,
    share: ownShare - processing,
    processing,
    conversion,
    platform: line - conversion - ownShare,
  }
}

/** What a refund takes back of a line. Real and promotional sum to it, and so do share, conversion and platform. */
export interface Reversal {
  share: bigint
  conversion: bigint
  /** The platform's part, and what Stripe keeps of processing, which it does not give back. */
  platform: bigint
  /** Goes to the operator. */
  real: bigint
  /** Goes to nobody: it came from the platform. */
  promotional: bigint
}

/** Splits of lines that were refunded in parts, each in proportion to what was refunded so far. */
function takenBack(split: LineSplit, real: bigint, refunded: bigint): Reversal {
  if (split.line === 0n) return { share: 0n, conversion: 0n, platform: 0n, real: 0n, promotional: 0n }
  const partOf = (amount: bigint) => divideHalfEven(amount * refunded, split.line)
  const [share, conversion, back] = [partOf(split.share), partOf(split.conversion), partOf(real)]
  return {
    share,
    conversion,
    platform: refunded - share - conversion,
    real: back,
    promotional: refunded - back,
  }
}

/**
 * What a refund of `amount` reverses of a line of which `before` was refunded already: the difference of two
 * cumulative parts, so that many refunds come to the same as one. A negative amount takes a refund back (a dispute
 * that was won). `real` is what of the line was the operator's money: card + account. Throws a RangeError beyond the line.
 */
export function reverseSplit(split: LineSplit, real: bigint, before: bigint, amount: bigint): Reversal {
  const after = before + amount
  if (before < 0n || before > split.line || after < 0n || after > split.line)
    throw new RangeError(`of a line of ${split.line}, ${before} is refunded: ${amount} more is not possible`)
  const [then, now] = [takenBack(split, real, before), takenBack(split, real, after)]
  return {
    share: now.share - then.share,
    conversion: now.conversion - then.conversion,
    platform: now.platform - then.platform,
    real: now.real - then.real,
    promotional: now.promotional - then.promotional,
  }
}
