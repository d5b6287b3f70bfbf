export { convert, conversionFeeBasisPoints, type Conversion } from './money/convert.ts'
export { applyCredits, type CreditableLine, type Credits, type PaidParts } from './money/credits.ts'
export {
  monthOf,
  monthsAfter,
  periodAt,
  periodNumberAt,
  periodOf,
  prorate,
  sharedSeconds,
  type Period,
} from './money/periods.ts'
export { allocate, divideHalfEven } from './money/rounding.ts'
export {
  reverseSplit,
  sharePercents,
  splitInvoice,
  type LineSplit,
  type Reversal,
  type SplitInput,
} from './money/split.ts'
