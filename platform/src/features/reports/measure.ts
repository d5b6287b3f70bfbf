import type { Money } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { listProposed } from '../actions/index.ts'
import { loadRecords } from '../data/index.ts'

export type Proposed = Awaited<ReturnType<typeof listProposed>>[number]
/** What was measured of actions that were carried out, by their UUIDs. */
export type Measured = ReadonlyMap<string, Money>

/** Within so many days of it, what is paid counts as paid after it. */
export const measuredWithinDays = 30
/** What asks a customer for money: whether it came can be read from the invoice. No other type of action has such a measure. */
const asksForMoney: ReadonlySet<string> = new Set(['invoice.remind', 'invoice.offer_discount'])
/** The fields that tell a service as much itself. */
export const measuredFrom = ['amountDue', 'paidAt'] as const

export const isMeasurable = ({ type, state, carried_out_at: at }: Proposed): boolean =>
  asksForMoney.has(type) && state === 'applied' && at !== null

/** Of each invoice that was paid within thirty days of being asked for, what was due on it then. It may have been paid anyway: that is not known. */
export async function measure(
  unit: UnitOfWork,
  business: string,
  actions: readonly Proposed[],
): Promise<Measured> {
  const asked = actions.filter(isMeasurable)
  if (asked.length === 0) return new Map()
  const targets = [...new Set(asked.map(({ target }) => target))]
  const invoices = await loadRecords(unit, business, 'invoices', targets)
  const measured = new Map<string, Money>()
  for (const { id, target, carried_out_at: at, stake_amount: amount, stake_currency: currency } of asked) {
    const invoice = invoices.get(target)
    const paidAt = invoice?.['status'] === 'paid' ? invoice['paidAt'] : null
    if (!at || typeof paidAt !== 'string' || amount === null || currency === null) continue
    const from = Temporal.PlainDate.from(at.toISOString().slice(0, 10))
    const day = Temporal.PlainDate.from(paidAt.slice(0, 10))
    const isAfter = Temporal.PlainDate.compare(day, from) >= 0
    const isSoon = Temporal.PlainDate.compare(day, from.add({ days: measuredWithinDays })) <= 0
    if (isAfter && isSoon) measured.set(id, { amount, currency })
  }
  return measured
}
