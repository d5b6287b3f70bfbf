import { divideHalfEven } from './rounding.ts'

/** Half-open: `from` belongs to it, `to` does not. */
export interface Period {
  from: Date
  to: Date
}

/** The start of the n-th month after the anchor, in UTC: the 31st becomes a shorter month's last day, and is the 31st again after. */
export function monthsAfter(anchor: Date, months: number): Date {
  const start = Temporal.Instant.fromEpochMilliseconds(anchor.getTime()).toZonedDateTimeISO('UTC')
  return new Date(start.add({ months }).epochMilliseconds)
}

/** The n-th monthly period of an anchor; 0 begins with it. */
export function periodOf(anchor: Date, number: number): Period {
  return { from: monthsAfter(anchor, number), to: monthsAfter(anchor, number + 1) }
}

/** Which period of the anchor an instant lies in: 0 from the anchor on, negative before it. */
export function periodNumberAt(anchor: Date, at: Date): number {
  const months =
    (at.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + at.getUTCMonth() - anchor.getUTCMonth()
  return at < monthsAfter(anchor, months) ? months - 1 : months
}

export function periodAt(anchor: Date, at: Date): Period {
  return periodOf(anchor, periodNumberAt(anchor, at))
}

const secondOf = (at: Date): number => Math.floor(at.getTime() / 1_000)

/** How many whole seconds of UTC two spans have in common. */
export function sharedSeconds(span: Period, period: Period): number {
  const from = Math.max(secondOf(span.from), secondOf(period.from))
  const to = Math.min(secondOf(span.to), secondOf(period.to))
  return Math.max(0, to - from)
}

/** The part of a period's price that falls on a span, by seconds, half to even. At most the whole, at least nothing. */
export function prorate(amount: bigint, span: Period, period: Period): bigint {
  const whole = secondOf(period.to) - secondOf(period.from)
  return divideHalfEven(amount * BigInt(sharedSeconds(span, period)), BigInt(whole))
}

/** The month of an instant in UTC, as `2026-11`. */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}
