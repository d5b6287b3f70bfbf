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

/** How long what is on its way may take, from look to look. */
const waitsMs = [2_000, 4_000, 8_000]

/** All of that, and besides, where Stripe is set up, everything that both sides know beside Stripe's own, object by object. */
export async function verifyMoney(
  deps: Deps,
  { wait = (ms: number): Promise<unknown> => sleep(ms) } = {},
): Promise<LedgerVerdict> {
  const verdict = await verifyLedger(deps, await ensurePlatform(deps), moneyChecks)
  const checks = [...verdict.checks]
  if (deps.stripe.mode !== 'off')
    for (const comparison of comparisons)
      checks.push({ name: comparison.name, faults: await compare(deps, comparison, wait) })
  return { ...verdict, checks, isSound: checks.every(({ faults }) => faults.length === 0) }
}

/** What is between Stripe's answer and our commit shows at first, and is gone later: only what stays is a fault. */
async function compare(
  deps: Deps,
  { run }: StripeComparison,
  wait: (ms: number) => Promise<unknown>,
): Promise<string[]> {
  let faults = await run(deps)
  for (const ms of waitsMs) {
    if (faults.length === 0) break
    await wait(ms)
    const again = new Set(await run(deps))
    faults = faults.filter((fault) => again.has(fault))
  }
  return faults
}
