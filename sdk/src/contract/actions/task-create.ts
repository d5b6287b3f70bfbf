import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { fillTemplate } from './template.ts'
import { checkFilled } from './third-party.ts'

const records = {
  customer: 'customers',
  supplier: 'suppliers',
  invoice: 'invoices',
  bill: 'bills',
  order: 'orders',
  product: 'products',
} as const

/** Puts a task for a person on the business's list. The words may name the records that it is about. */
export const taskCreate = defineAction('task.create', {
  risk: 'low',
  reachesThirdParty: false,
  movesMoneyOut: false,
  parameters: z.object({
    title: parameter.template(150),
    notes: parameter.template(4_000).optional(),
    dueAt: parameter.date().optional(),
    customer: ref('customers').optional(),
    supplier: ref('suppliers').optional(),
    invoice: ref('invoices').optional(),
    bill: ref('bills').optional(),
    order: ref('orders').optional(),
    product: ref('products').optional(),
  }),
  target: ['customer', 'supplier', 'invoice', 'bill', 'order', 'product', 'title'],
  records,
  stake: (_records, _parameters, { currency }) => ({ amount: 0, currency }),
  precondition(loaded, { title, notes, dueAt }, now) {
    if (dueAt !== undefined && dueAt < now.today) return { code: 'date-in-the-past' }
    return checkFilled(records, [title, notes ?? ''], loaded, now)
  },
  card: [
    'customer.name',
    'supplier.name',
    'invoice.number',
    'invoice.amountDue',
    'bill.number',
    'bill.amountDue',
    'order.number',
    'order.total',
    'product.title',
  ],
  effect: (loaded, { title, notes, dueAt, ...about }, now) => [
    {
      task: {
        title: fillTemplate({ records }, title, loaded, now).text,
        notes: notes === undefined ? null : fillTemplate({ records }, notes, loaded, now).text,
        dueAt: dueAt ?? null,
        about,
      },
    },
  ],
  undo: (applied) =>
    applied.flatMap((patch) => ('task' in patch && patch.id !== undefined ? [{ removeTask: patch.id }] : [])),
  undoWithin: 'P30D',
  hasCarryOver: false,
  editable: ['title', 'notes', 'dueAt'],
  expiresAfter: 'P14D',
  placeholders: [
    'customer.name',
    'supplier.name',
    'invoice.number',
    'invoice.amountDue',
    'invoice.dueAt',
    'bill.number',
    'bill.amountDue',
    'bill.dueAt',
    'order.number',
    'order.total',
    'order.placedAt',
    'product.title',
  ],
})
