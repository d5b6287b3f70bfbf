import { prorate, type Period } from '../../ledger/index.ts'

/** A line that was paid ahead and whose period is over, or that a change of plan cut short. */
export interface PaidAhead {
  id: string
  kind: 'monthly' | 'plan'
  span: Period
  /** Minor units that were asked for, and what of them was given back already. */
  amount: bigint
  refunded: bigint
}

export interface TakeBack {
  line: string
  cause: 'no_execution' | 'cancelled' | 'changed' | 'resting' | 'downgrade' | 'suspended' | 'paused'
  amount: bigint
}

/** What of a monthly line nothing justified: all of it where no execution succeeded, else what was left when it ended. */
export function takeBackOf(
  line: PaidAhead,
  { endedAt, because, hasRun }: { endedAt: Date | null; because: TakeBack['cause']; hasRun: boolean },
): TakeBack | undefined {
  const left = line.amount - line.refunded
  if (left <= 0n) return undefined
  if (!hasRun) return { line: line.id, cause: 'no_execution', amount: left }
  if (endedAt === null || endedAt >= line.span.to) return undefined
  const unused = unusedOf(line, endedAt)
  const amount = unused < left ? unused : left
  return amount > 0n ? { line: line.id, cause: because, amount } : undefined
}

/** What of a line is for the time after an instant. */
export function unusedOf({ amount, span }: Pick<PaidAhead, 'amount' | 'span'>, after: Date): bigint {
  return prorate(amount, { from: after, to: span.to }, span)
}

/** What of a line is for a span that it was asked for in vain, at most what is left of it. */
export function takeBackSpan(line: PaidAhead, span: Period): TakeBack | undefined {
  const [part, left] = [prorate(line.amount, span, line.span), line.amount - line.refunded]
  const amount = part < left ? part : left
  return amount > 0n ? { line: line.id, cause: 'paused', amount } : undefined
}

/** Takes an amount back from plan lines, the newest first, at most what is left of each. */
export function takeBackFrom(
  lines: readonly PaidAhead[],
  amount: bigint,
  cause: 'downgrade' | 'paused',
): TakeBack[] {
  let open = amount
  return lines.toReversed().flatMap((line) => {
    const left = line.amount - line.refunded
    const part = open < left ? open : left
    if (part <= 0n) return []
    open -= part
    return [{ line: line.id, cause, amount: part }]
  })
}
