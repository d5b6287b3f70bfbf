import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { set } from './patch.ts'

/** Pays an order back, in full or in part. */
export const refundIssue = defineAction('refund.issue', {
  risk: 'high',
  reachesThirdParty: true,
  movesMoneyOut: true,
  parameters: z.object({
    order: ref('orders'),
    amount: parameter.money(),
    reason: parameter.choice(['damaged', 'late', 'not-as-described', 'cancelled', 'goodwill', 'duplicate']),
  }),
  target: ['order'],
  records: { order: 'orders', 'order.customer': 'customers' },
  stake: (_records, { amount }) => amount,
  precondition({ order }, { amount }) {
    if (order.payment !== 'paid' && order.payment !== 'part-refunded') return { code: 'not-paid' }
    if (order.total.currency !== amount.currency) return { code: 'currency-differs' }
    if (amount.amount === 0) return { code: 'unchanged' }
    const left = order.total.amount - (order.refunded?.amount ?? 0)
    return amount.amount > left ? { code: 'amount-too-high' } : true
  },
  card: [
    'order.number',
    'order.customer.name',
    'order.total',
    'order.refunded',
    'order.payment',
    'order.placedAt',
  ],
  effect({ order }, { amount }) {
    const refunded = (order.refunded?.amount ?? 0) + amount.amount
    return [
      set('orders', order.id, {
        refunded: { amount: refunded, currency: order.total.currency },
        payment: refunded >= order.total.amount ? 'refunded' : 'part-refunded',
      }),
    ]
  },
  undo: 'none',
  undoWithin: null,
  hasCarryOver: true,
  editable: ['amount', 'reason'],
  expiresAfter: 'P7D',
})
