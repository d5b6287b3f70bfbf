import type { InvoiceLine } from '#lib/api/billing.ts'

export interface LineGroup {
  /** The business that the lines are for; null for what the organisation pays as a whole. */
  business: { id: string; name: string } | null
  lines: InvoiceLine[]
  sum: { amount: number; currency: string }
}

/** Lines by business, the organisation's own first, each with its sum; within one they stay in their order. */
export function groupLines(lines: readonly InvoiceLine[]): LineGroup[] {
  const groups = Map.groupBy(lines, ({ business }) => business?.id ?? '')
  return [...groups.values()]
    .map((own) => ({
      business: own[0]?.business ?? null,
      lines: own,
      sum: {
        amount: own.reduce((total, { amount }) => total + amount.amount, 0),
        currency: own[0]?.amount.currency ?? '',
      },
    }))
    .toSorted((a, b) =>
      a.business === null ? -1 : b.business === null ? 1 : a.business.name.localeCompare(b.business.name),
    )
}
