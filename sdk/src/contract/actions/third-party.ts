import type { Circumstances, LoadedRecords, Precondition, RecordPlan } from './define.ts'
import { fillTemplate } from './template.ts'

/** What a text about an invoice may name. */
export const invoicePlaceholders = [
  'business.name',
  'customer.name',
  'invoice.number',
  'invoice.amount',
  'invoice.amountDue',
  'invoice.issuedAt',
  'invoice.dueAt',
] as const

/** Refuses when a placeholder has no value, so that nobody receives a text with a gap. */
export function checkFilled(
  plan: RecordPlan,
  texts: readonly string[],
  records: LoadedRecords,
  now: Circumstances,
): Precondition {
  const missing = texts.flatMap((text) => fillTemplate({ records: plan }, text, records, now).missing)
  return missing.length === 0 ? true : { code: 'template-value-missing', detail: missing.join(', ') }
}
