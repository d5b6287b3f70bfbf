import { z } from 'zod'
import type { Row } from '../rows.ts'
import { defineAction, type Precondition } from './define.ts'
import { ref } from './parameters.ts'
import { set, type Patch } from './patch.ts'

type Transaction = Pick<Row<'transactions'>, 'amount' | 'bookedAt'>
type Owed = Pick<Row<'invoices'>, 'amountDue' | 'id'> & { status: string }

function checkMatch(transaction: Transaction, owed: Owed | null, sign: 1 | -1): Precondition {
  if (owed?.status !== 'open') return { code: 'not-open' }
  if (transaction.amount.currency !== owed.amountDue.currency) return { code: 'currency-differs' }
  if (transaction.amount.amount * sign <= 0) return { code: 'direction-differs' }
  return Math.abs(transaction.amount.amount) > owed.amountDue.amount ? { code: 'amount-too-high' } : true
}

function settle(dataset: 'invoices' | 'bills', transaction: Transaction, owed: Owed): Patch {
  const left = owed.amountDue.amount - Math.abs(transaction.amount.amount)
  const amountDue = { amount: left, currency: owed.amountDue.currency }
  return left === 0
    ? set(dataset, owed.id, { amountDue, status: 'paid', paidAt: transaction.bookedAt })
    : set(dataset, owed.id, { amountDue })
}

/** Says that a transaction pays an invoice or a bill, in full or in part. */
export const paymentMatch = defineAction('payment.match', {
  risk: 'low',
  reachesThirdParty: false,
  movesMoneyOut: false,
  parameters: z.object({
    transaction: ref('transactions'),
    invoice: ref('invoices').optional(),
    bill: ref('bills').optional(),
  }),
  exactlyOne: ['invoice', 'bill'],
  target: ['transaction'],
  records: {
    transaction: 'transactions',
    invoice: 'invoices',
    'invoice.customer': 'customers',
    bill: 'bills',
    'bill.supplier': 'suppliers',
  },
  stake: ({ transaction: { amount } }) => ({ amount: Math.abs(amount.amount), currency: amount.currency }),
  precondition({ transaction, invoice, bill }, parameters) {
    if (transaction.invoice !== null || transaction.bill !== null) return { code: 'already-matched' }
    return parameters.invoice !== undefined
      ? checkMatch(transaction, invoice, 1)
      : checkMatch(transaction, bill, -1)
  },
  card: [
    'transaction.counterpartyText',
    'transaction.amount',
    'transaction.bookedAt',
    'transaction.invoice',
    'transaction.bill',
    'invoice.number',
    'invoice.customer.name',
    'invoice.amountDue',
    'invoice.status',
    'bill.number',
    'bill.supplier.name',
    'bill.amountDue',
    'bill.status',
  ],
  effect({ transaction, invoice, bill }) {
    if (invoice)
      return [
        set('transactions', transaction.id, { invoice: invoice.id }),
        settle('invoices', transaction, invoice),
      ]
    if (bill)
      return [set('transactions', transaction.id, { bill: bill.id }), settle('bills', transaction, bill)]
    return []
  },
  undo: 'restore',
  undoWithin: 'P90D',
  hasCarryOver: true,
  editable: [],
  expiresAfter: 'P30D',
})
