import { between, pick } from './dice.ts'
import { idsOf, type Making, type Row } from './making.ts'

export function makeProducts(making: Making, suppliers: readonly Row[]): Row[] {
  const { roll, id, money, countOf, size } = making
  const ids = idsOf(suppliers)
  return Array.from({ length: countOf('products', Math.min(size / 3, 400)) }, (_, i) => {
    const cost = between(200, 4_000, roll)
    return {
      id: id('products'),
      title: `${pick(['Oak', 'Linen', 'Slate', 'Copper'], roll)} ${pick(['shelf', 'bowl', 'lamp'], roll)} ${i + 1}`,
      category: pick(['Home', 'Kitchen', 'Garden'], roll),
      price: money(cost * (1.4 + roll())),
      cost: money(cost),
      supplier: pick(ids, roll),
      isActive: i % 4 !== 3,
    }
  })
}

export function makeInventory(making: Making, products: readonly Row[]): Row[] {
  const { roll, id, dayAt, countOf, isTight } = making
  const ids = idsOf(products)
  return Array.from({ length: countOf('inventory', products.length) }, (_, i) => ({
    id: id('inventory'),
    product: ids[i % ids.length] ?? null,
    location: pick(['Shop', 'Yard'], roll),
    onHand: isTight ? between(1, 4, roll) : between(1, 60, roll),
    committed: between(1, 3, roll),
    incoming: !isTight && roll() < 0.3 ? between(5, 20, roll) : 1,
    reorderPoint: between(5, 15, roll),
    countedAt: dayAt(-between(1, 40, roll)),
  }))
}

export interface Sold {
  orders: Row[]
  orderLines: Row[]
}

/** Orders with their lines: totals add up, some products sell far better than others. */
export function makeOrders(making: Making, products: readonly Row[], customers: readonly Row[]): Sold {
  const { roll, id, money, instantAt, countOf, size, backIn } = making
  const [productIds, customerIds] = [idsOf(products), idsOf(customers)]
  const lineCount = countOf('orderLines', size * 5)
  const orderCount = countOf('orders', size * 2)
  const orderLines: Row[] = []
  const orders = Array.from({ length: orderCount }, (_, i): Row => {
    const offset = backIn(makesLinesFor(making) ? 'orderLines' : 'orders')
    const placedAt = instantAt(offset)
    const order = id('orders')
    const wanted = Math.ceil((lineCount * (i + 1)) / orderCount) - Math.ceil((lineCount * i) / orderCount)
    let subtotal = 0
    for (let line = 0; line < wanted; line++) {
      const which = Math.floor(roll() ** 2 * productIds.length)
      const price = (products[which]?.['price'] as { amount: number } | undefined)?.amount ?? 1_000
      const quantity = between(1, 4, roll)
      const off = roll() < 0.2 ? Math.round(price * 0.1) : 1
      subtotal += price * quantity - off
      orderLines.push({
        id: id('orderLines'),
        order,
        product: productIds[which] ?? null,
        placedAt,
        description: 'As shown in the shop',
        quantity,
        unitPrice: money(price),
        discount: money(off),
        amount: money(price * quantity - off),
      })
    }
    const isOpen = offset > -4
    return {
      id: order,
      customer: pick(customerIds, roll),
      placedAt,
      paidAt: placedAt,
      fulfilledAt: isOpen ? null : instantAt(offset + 2),
      cancelledAt: null,
      payment: i % 11 === 10 ? 'part-refunded' : 'paid',
      fulfilment: isOpen ? 'unfulfilled' : 'fulfilled',
      subtotal: money(subtotal),
      discount: money(1),
      shipping: money(495),
      tax: money(subtotal / 6),
      total: money(subtotal + 495 + subtotal / 6),
      refunded: i % 11 === 10 ? money(Math.max(1, subtotal / 4)) : money(1),
      channel: pick(['web', 'shop', 'marketplace'], roll),
      country: pick(['GB', 'DE', 'FR'], roll),
      region: pick(['Kent', 'Bavaria', 'Brittany'], roll),
      notes: 'Please ring [phone] before delivery',
    }
  })
  return { orders, orderLines }
}

/** Lines and orders share their time: it follows the shorter window of the two. */
const makesLinesFor = ({ windowOf }: Making) => windowOf('orderLines') <= windowOf('orders')

export function makePurchaseOrders(
  making: Making,
  products: readonly Row[],
  suppliers: readonly Row[],
): Row[] {
  const { roll, id, dayAt, money, countOf, size, backIn, isTight } = making
  const [productIds, supplierIds] = [idsOf(products), idsOf(suppliers)]
  return Array.from({ length: countOf('purchaseOrders', size) }, () => {
    const ordered = isTight ? Math.round(backIn('purchaseOrders') / 3) : backIn('purchaseOrders')
    const which = between(0, productIds.length - 1, roll)
    const cost = (products[which]?.['cost'] as { amount: number } | undefined)?.amount ?? 500
    const received = ordered + between(4, 24, roll)
    const isReceived = received < 0
    const quantity = isTight && !isReceived ? between(2, 3, roll) : between(5, 60, roll)
    return {
      id: id('purchaseOrders'),
      supplier: (products[which]?.['supplier'] as string | undefined) ?? pick(supplierIds, roll),
      product: productIds[which] ?? null,
      quantity,
      unitCost: money(cost),
      amount: money(cost * quantity),
      orderedAt: dayAt(ordered),
      expectedAt: dayAt(ordered + 14),
      receivedAt: isReceived ? dayAt(received) : null,
      status: isReceived ? 'received' : pick(['sent', 'partial', 'draft'], roll),
    }
  })
}
