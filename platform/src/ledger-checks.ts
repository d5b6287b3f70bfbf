import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from './deps.ts'
import { billingChecks, billingComparisons } from './features/billing/index.ts'
import { ensurePlatform } from './features/identity/index.ts'
import { ledgerChecks, verifyLedger, type LedgerCheck, type LedgerVerdict } from './features/ledger/index.ts'
import { paymentComparisons } from './features/payments/index.ts'
import { payoutChecks, payoutComparisons } from './features/payouts/index.ts'
import { refundChecks, refundComparisons } from './features/refunds/index.ts'
import type { StripeComparison } from './stripe/compare.ts'

/** What must hold of the money at any moment; each feature that keeps money adds its own. */
export const moneyChecks: readonly LedgerCheck[] = [
  ...ledgerChecks,
  ...payoutChecks,
  ...billingChecks,
  ...refundChecks,
]

const comparisons: readonly StripeComparison[] = [
  ...paymentComparisons,
  ...billingComparisons,
  ...refundComparisons,
  ...payoutComparisons,
]

/** All of that, and besides, where Stripe is set up, everything that both sides know beside Stripe's own, object by object. */
export async function verifyMoney(
  deps: Deps,
  { beforeSecondLook = (): Promise<unknown> => sleep(2_000) } = {},
): Promise<LedgerVerdict> {
  const verdict = await verifyLedger(deps, await ensurePlatform(deps), moneyChecks)
  const checks = [...verdict.checks]
  if (deps.stripe.mode !== 'off')
    for (const comparison of comparisons)
      checks.push({ name: comparison.name, faults: await compare(deps, comparison, beforeSecondLook) })
  return { ...verdict, checks, isSound: checks.every(({ faults }) => faults.length === 0) }
}

/** What is between Stripe's answer and our commit shows at first, and not when it is looked at again: only what stays is a fault. */
async function compare(
  deps: Deps,
  { run }: StripeComparison,
  beforeSecondLook: () => Promise<unknown>,
): Promise<string[]> {
  const first = await run(deps)
  if (first.length === 0) return []
  await beforeSecondLook()
  const again = new Set(await run(deps))
  return first.filter((fault) => again.has(fault))
}
