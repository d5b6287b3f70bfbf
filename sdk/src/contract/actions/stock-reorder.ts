import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { create, set } from './patch.ts'

/** Writes a draft purchase order for a product, to its own supplier unless another is named. */
export const stockReorder = defineAction('stock.reorder', {
  risk: 'medium',
  reachesThirdParty: false,
  movesMoneyOut: true,
  parameters: z.object({
    product: ref('products'),
    quantity: parameter.quantity(),
    supplier: ref('suppliers').optional(),
    expectedAt: parameter.date().optional(),
  }),
  target: ['product'],
  records: {
    product: 'products',
    'product.supplier': 'suppliers',
    'product.stock': { dataset: 'inventory', by: 'product' },
    supplier: 'suppliers',
  },
  stake({ product }, { quantity }) {
    if (product.cost === null) return null
    const amount = Math.ceil(product.cost.amount * quantity)
    return Number.isSafeInteger(amount) ? { amount, currency: product.cost.currency } : null
  },
  precondition({ product }, { expectedAt }, { today }) {
    if (product.isActive === false) return { code: 'not-active' }
    return expectedAt !== undefined && expectedAt < today ? { code: 'date-in-the-past' } : true
  },
  card: [
    'product.title',
    'product.cost',
    'product.supplier',
    'product.supplier.name',
    'supplier.name',
    'product.isActive',
    'product.stock.onHand',
    'product.stock.incoming',
  ],
  effect: ({ product }, { quantity, supplier, expectedAt }, { today }) => [
    create('purchaseOrders', {
      number: null,
      supplier: supplier ?? product.supplier,
      product: product.id,
      quantity,
      unitCost: product.cost,
      amount: product.cost && {
        amount: Math.round(product.cost.amount * quantity),
        currency: product.cost.currency,
      },
      orderedAt: today,
      expectedAt: expectedAt ?? null,
      receivedAt: null,
      status: 'draft',
    }),
  ],
  undo: (applied) =>
    applied.flatMap((patch) =>
      'create' in patch && patch.id !== undefined
        ? [set('purchaseOrders', patch.id, { status: 'cancelled' })]
        : [],
    ),
  undoWithin: 'P14D',
  hasCarryOver: true,
  editable: ['quantity', 'supplier', 'expectedAt'],
  expiresAfter: 'P3D',
})
