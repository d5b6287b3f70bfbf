import { ledgerChecks, type LedgerCheck } from './features/ledger/index.ts'
import { payoutChecks } from './features/payouts/index.ts'

/** What must hold of the money at any moment; each feature that keeps money adds its own. */
export const moneyChecks: readonly LedgerCheck[] = [...ledgerChecks, ...payoutChecks]
