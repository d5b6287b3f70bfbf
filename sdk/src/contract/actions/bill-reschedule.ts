import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { set } from './patch.ts'

/** Pays a bill on another day. */
export const billReschedule = defineAction('bill.reschedule', {
  risk: 'low',
  reachesThirdParty: false,
  movesMoneyOut: false,
  parameters: z.object({ bill: ref('bills'), dueAt: parameter.date() }),
  target: ['bill'],
  records: { bill: 'bills', 'bill.supplier': 'suppliers' },
  stake: ({ bill }) => bill.amountDue,
  precondition({ bill }, { dueAt }, { today }) {
    if (bill.status !== 'open') return { code: 'not-open' }
    if (dueAt < today) return { code: 'date-in-the-past' }
    return dueAt === bill.dueAt ? { code: 'unchanged' } : true
  },
  card: ['bill.supplier', 'bill.supplier.name', 'bill.amountDue', 'bill.dueAt', 'bill.status'],
  effect: ({ bill }, { dueAt }) => [set('bills', bill.id, { dueAt })],
  undo: 'restore',
  undoWithin: 'P30D',
  hasCarryOver: true,
  editable: ['dueAt'],
  expiresAfter: 'P7D',
})
