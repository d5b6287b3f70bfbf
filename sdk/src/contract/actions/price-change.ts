import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { set } from './patch.ts'

/** Changes what is asked for a product. */
export const priceChange = defineAction('price.change', {
  risk: 'medium',
  reachesThirdParty: true,
  movesMoneyOut: false,
  parameters: z.object({ product: ref('products'), price: parameter.money() }),
  target: ['product'],
  records: { product: 'products', 'product.stock': { dataset: 'inventory', by: 'product' } },
  /** The difference on everything in stock, of which there is at least one. */
  stake({ product, 'product.stock': stock }, { price }) {
    if (product.price === null || product.price.currency !== price.currency) return null
    const onHand = Math.max(1, Math.ceil(stock.reduce((sum, level) => sum + level.onHand, 0)))
    const amount = Math.abs(price.amount - product.price.amount) * onHand
    return Number.isSafeInteger(amount) ? { amount, currency: price.currency } : null
  },
  precondition({ product }, { price }) {
    if (product.isActive === false) return { code: 'not-active' }
    if (product.price === null) return true
    if (product.price.currency !== price.currency) return { code: 'currency-differs' }
    return product.price.amount === price.amount ? { code: 'unchanged' } : true
  },
  card: ['product.title', 'product.price', 'product.cost', 'product.isActive'],
  effect: ({ product }, { price }) => [set('products', product.id, { price })],
  undo: 'restore',
  undoWithin: 'P30D',
  hasCarryOver: true,
  editable: ['price'],
  expiresAfter: 'P7D',
})
