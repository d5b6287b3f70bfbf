export { convert } from './money/convert.ts'
export { applyCredits, type Credits } from './money/credits.ts'
export { monthOf, monthsAfter, periodOf, prorate, type Period } from './money/periods.ts'
export { allocate, divideHalfEven } from './money/rounding.ts'
export {
  reverseSplit,
  sharePercents,
  splitInvoice,
  type LineSplit,
  type Reversal,
  type SplitInput,
} from './money/split.ts'
export { type Cause, type Entry, type LedgerAccount, type Posting } from './accounts.ts'
export { saleReversed, saleSettled } from './postings.ts'
export { postLedger, postLedgerAll } from './service.ts'
export { balancesOf, toMoney } from './read.ts'
export { ledgerRoutes } from './routes.ts'
export {
  ledgerChecks,
  sumOfAccount,
  sumOfEntries,
  verifyLedger,
  type LedgerCheck,
  type LedgerVerdict,
} from './verify.ts'
export { namesOf } from './read-store.ts'
