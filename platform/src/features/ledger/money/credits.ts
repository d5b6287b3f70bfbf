import { allocate } from './rounding.ts'

export interface CreditableLine {
  /** What is asked for the line, after discounts. */
  amount: bigint
  /** Whether the plan's own credit may pay for it: services and usage, not the plan. */
  takesServiceCredit: boolean
  /** The platform pays the whole of it: a launch provider's first customers. */
  isFree: boolean
}

export interface Credits {
  /** What is left of the plan's credit for this period. Promotional. */
  service: bigint
  /** Granted by an administrator. Promotional. */
  granted: bigint
  /** Given back earlier: the operator's own money. */
  account: bigint
}

/** Who pays a line: the parts sum to its amount. */
export interface PaidParts {
  free: bigint
  service: bigint
  granted: bigint
  account: bigint
  card: bigint
}

/**
 * Applies credit to the lines of an invoice: first what the platform pays, then the plan's credit, granted credit and
 * the account's own, then the card. What a credit does not cover whole it covers in proportion, by largest remainder.
 */
export function applyCredits(
  lines: readonly CreditableLine[],
  credits: Credits,
): { parts: PaidParts[]; used: Credits } {
  let open = lines.map(({ amount, isFree }) => (isFree ? 0n : amount))
  const use = (left: bigint, mayTake: (line: CreditableLine) => boolean): bigint[] => {
    const weights = lines.map((line, i) => (mayTake(line) ? (open[i] ?? 0n) : 0n))
    const wanted = sum(weights)
    const taken = allocate(left < wanted ? (left > 0n ? left : 0n) : wanted, weights)
    open = open.map((amount, i) => amount - (taken[i] ?? 0n))
    return taken
  }
  const service = use(credits.service, ({ takesServiceCredit }) => takesServiceCredit)
  const granted = use(credits.granted, () => true)
  const account = use(credits.account, () => true)
  return {
    parts: lines.map(({ amount, isFree }, i) => ({
      free: isFree ? amount : 0n,
      service: service[i] ?? 0n,
      granted: granted[i] ?? 0n,
      account: account[i] ?? 0n,
      card: open[i] ?? 0n,
    })),
    used: { service: sum(service), granted: sum(granted), account: sum(account) },
  }
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n)
