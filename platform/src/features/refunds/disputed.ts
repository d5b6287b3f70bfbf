import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import type { RefundableLine } from '../billing/index.ts'
import { listDisputesOf } from './dispute-store.ts'

type Paid = Pick<RefundableLine, 'card' | 'charge'>

/** What banks did about the cards that had paid lines. */
interface Disputed {
  /** The charges about which a bank has not decided: what of them comes back is not known. */
  undecided: ReadonlySet<string>
  /** How long it took the banks to decide, in the operator's own time. */
  decidingMs: number
}

const decided: ReadonlySet<string> = new Set(['won', 'lost'])

/** Looks for disputes about what cards had paid of lines. A bank that only asks holds nothing up. */
export async function findDisputed(deps: Pick<Deps, 'directory'>, lines: readonly Paid[]): Promise<Disputed> {
  const charges = [...new Set(lines.flatMap(({ card, charge }) => (card > 0n && charge ? [charge] : [])))]
  if (charges.length === 0) return { undecided: new Set(), decidingMs: 0 }
  const found = await listDisputesOf(deps.directory, charges)
  return {
    undecided: new Set(
      found.filter(({ status }) => !decided.has(status)).map(({ stripe_charge: charge }) => charge),
    ),
    decidingMs: found.reduce(
      (sum, { began_at: from, decided_at: to }) => sum + Math.max(0, (to?.getTime() ?? 0) - from.getTime()),
      0,
    ),
  }
}

/** The line whose card's part a bank is deciding about, if there is one. */
export const findUndecided = <Line extends Paid>({ undecided }: Disputed, lines: readonly Line[]) =>
  lines.find(({ card, charge }) => card > 0n && charge !== null && undecided.has(charge))

/** Refuses to give a part of what a bank may give back, or take for good. */
export function disputedProblem(number: string | null, then: string): ProblemError {
  return new ProblemError('payment-disputed', {
    detail: `The cardholder’s bank took the payment of invoice ${number ?? 'without a number'} back and has not decided yet. ${then}`,
  })
}
