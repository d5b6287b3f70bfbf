import type { Deps } from '../../deps.ts'
import type { StripeComparison } from '../../stripe/compare.ts'
import { sumOfAccount } from '../ledger/index.ts'
import { asPlatform } from './service.ts'

/** Money that leaves for the platform's own bank, or comes from it: it is still the platform's, and not the ledger's. */
const ownBank: ReadonlySet<string> = new Set([
  'payout',
  'payout_cancel',
  'payout_failure',
  'payout_minimum_balance_hold',
  'payout_minimum_balance_release',
  'topup',
  'topup_reversal',
])

interface Moved {
  /** What the ledger has with Stripe: all movements but those to and from the platform's own bank. */
  ledger: bigint
  all: bigint
  byType: Map<string, bigint>
}

async function movedOf({ stripe }: Deps): Promise<Map<string, Moved>> {
  const found = new Map<string, Moved>()
  for await (const entry of stripe.balanceTransactions.list({ limit: 100 })) {
    const currency = entry.currency.toUpperCase()
    const moved = found.get(currency) ?? { ledger: 0n, all: 0n, byType: new Map() }
    const net = BigInt(entry.net)
    moved.all += net
    if (!ownBank.has(entry.type)) moved.ledger += net
    moved.byType.set(entry.type, (moved.byType.get(entry.type) ?? 0n) + net)
    found.set(currency, moved)
  }
  return found
}

const inWords = (moved: Moved | undefined): string =>
  [...(moved?.byType ?? [])].map(([type, amount]) => `${type} ${amount}`).join(', ') || 'none'

async function compareBalance(deps: Deps): Promise<string[]> {
  const ours = await asPlatform(deps, (unit) => sumOfAccount(unit, 'stripe_balance'))
  const moved = await movedOf(deps)
  return [...new Set([...ours.keys(), ...moved.keys()])].toSorted().flatMap((currency) => {
    const [own, theirs] = [ours.get(currency) ?? 0n, moved.get(currency)]
    if (own === (theirs?.ledger ?? 0n)) return []
    return [
      `the ledger has ${own} ${currency} with Stripe, but Stripe moved ${theirs?.ledger ?? 0n} (${inWords(theirs)})`,
    ]
  })
}

/** Stripe's balance beside its own movements: whether the list that the ledger is laid beside is whole. */
async function compareMovements(deps: Deps): Promise<string[]> {
  const { available, pending } = await deps.stripe.balance.retrieve()
  const held = new Map<string, bigint>()
  for (const { currency, amount } of [...available, ...pending])
    held.set(currency.toUpperCase(), (held.get(currency.toUpperCase()) ?? 0n) + BigInt(amount))
  const moved = await movedOf(deps)
  return [...new Set([...held.keys(), ...moved.keys()])].toSorted().flatMap((currency) => {
    const [has, all] = [held.get(currency) ?? 0n, moved.get(currency)?.all ?? 0n]
    return has === all ? [] : [`Stripe holds ${has} ${currency}, but its movements come to ${all}`]
  })
}

export const paymentComparisons: readonly StripeComparison[] = [
  { name: 'the ledger has with Stripe what Stripe moved, in each currency', run: compareBalance },
  { name: 'Stripe holds what it moved', run: compareMovements },
]
