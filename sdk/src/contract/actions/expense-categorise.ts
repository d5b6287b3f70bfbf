import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { set } from './patch.ts'

/** Puts a transaction into a ledger category. */
export const expenseCategorise = defineAction('expense.categorise', {
  risk: 'low',
  reachesThirdParty: false,
  movesMoneyOut: false,
  parameters: z.object({ transaction: ref('transactions'), category: parameter.label() }),
  target: ['transaction'],
  records: { transaction: 'transactions' },
  stake: ({ transaction: { amount } }) => ({ amount: Math.abs(amount.amount), currency: amount.currency }),
  precondition({ transaction }, { category }, { categories }) {
    if (transaction.category === category) return { code: 'unchanged' }
    return categories && !categories.includes(category) ? { code: 'unknown-category' } : true
  },
  card: [
    'transaction.counterpartyText',
    'transaction.description',
    'transaction.amount',
    'transaction.bookedAt',
    'transaction.category',
  ],
  effect: ({ transaction }, { category }) => [set('transactions', transaction.id, { category })],
  undo: 'restore',
  undoWithin: 'P90D',
  hasCarryOver: true,
  editable: ['category'],
  expiresAfter: 'P30D',
})
