import type { Money } from '@bizq/sdk/contract'
import { moneyOf, withoutNulls, type Fields } from '../records/values.ts'
import type { Node } from './plan.ts'

/** What a row lends to a record that it refers to. */
export interface Lent {
  fields: Fields
  /** Of those, the ones that are only likely. */
  assumed: string[]
  /** To be added up over the rows. */
  sums?: Record<string, Money>
  /** The row is no sale, and says little about the product. */
  isWeak: boolean
}

const nothing: Lent = { fields: {}, assumed: [], isWeak: false }

/** A line knows when its order was placed, what it comes to, and what its product is called and costs, though no column says so of them. */
export function lend(parent: Node, child: Node, fields: Fields, currency: string): Lent {
  if (parent.dataset === 'transactions' && child.dataset === 'accounts') {
    return { fields: { currency }, assumed: ['currency'], isWeak: false }
  }
  if (parent.dataset !== 'orderLines') return nothing
  if (child.dataset === 'orders') return lendToOrder(child, fields)
  return child.dataset === 'products' ? lendToProduct(fields) : nothing
}

function lendToOrder(order: Node, line: Fields): Lent {
  const hasTotal = order.reads.some(({ target }) => target.name === 'total' || target.name === 'subtotal')
  const amount = hasTotal ? undefined : moneyOf(line['amount'])
  const lent = { fields: withoutNulls({ placedAt: line['placedAt'] ?? null }), assumed: [], isWeak: false }
  return amount ? { ...lent, sums: { total: amount } } : lent
}

function lendToProduct(line: Fields): Lent {
  const price = moneyOf(line['unitPrice'])
  const isSale = Number(line['quantity']) > 0 && (price?.amount ?? 0) > 0
  return {
    fields: withoutNulls({ title: line['description'] ?? null, price: isSale && price ? price : null }),
    assumed: ['title', 'price'],
    isWeak: !isSale,
  }
}
