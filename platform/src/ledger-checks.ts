import type { Deps } from './deps.ts'
import { ensurePlatform } from './features/identity/index.ts'
import { ledgerChecks, verifyLedger, type LedgerCheck, type LedgerVerdict } from './features/ledger/index.ts'
import { compareTransfers, payoutChecks } from './features/payouts/index.ts'

/** What must hold of the money at any moment; each feature that keeps money adds its own. */
export const moneyChecks: readonly LedgerCheck[] = [...ledgerChecks, ...payoutChecks]

/** All of that, and besides, where Stripe is set up, each transfer beside Stripe's own. */
export async function verifyMoney(deps: Deps): Promise<LedgerVerdict> {
  const verdict = await verifyLedger(deps, await ensurePlatform(deps), moneyChecks)
  if (deps.stripe.mode === 'off') return verdict
  const faults = await compareTransfers(deps)
  return {
    ...verdict,
    checks: [
      ...verdict.checks,
      { name: 'transferred less reversed is what Stripe says, transfer by transfer', faults },
    ],
    isSound: verdict.isSound && faults.length === 0,
  }
}
