import { part, type Making, type Records } from './making.ts'

const wares: readonly [title: string, category: string, low: number, high: number][] = [
  ['Oak shelf, 80 cm', 'Shelving', 35, 60],
  ['Oak shelf, 120 cm', 'Shelving', 55, 85],
  ['Wall bracket, pair', 'Fixings', 8, 14],
  ['Brass hook', 'Fixings', 4, 9],
  ['Pendant lamp, linen', 'Lighting', 60, 110],
  ['Desk lamp, brass', 'Lighting', 70, 120],
  ['Chalk paint, 1 l', 'Paint', 18, 28],
  ['Linseed oil, 500 ml', 'Paint', 10, 16],
  ['Storage basket', 'Storage', 16, 30],
  ['Bench, reclaimed oak', 'Furniture', 180, 320],
  ['Side table, ash', 'Furniture', 110, 190],
  ['Mirror, round, 60 cm', 'Furniture', 80, 140],
]

const subjects = [
  ['Where is my order?', 'It was to come on Tuesday. Please call me on 020 7946 0321.', 'delivery'],
  ['One lamp arrived broken', 'The shade is torn. Can you send another to the same address?', 'damage'],
  ['Wrong size', 'I ordered the 120 cm shelf and got 80 cm.', 'returns'],
  ['VAT receipt', 'Our bookkeeper Maria Lindqvist needs a receipt with the VAT number on it.', 'billing'],
  ['Is the bench in stock?', 'We would need three by the end of the month.', 'stock'],
] as const

export function makeProducts(
  { row, pounds, pick, chance }: Making,
  suppliers: Records['suppliers'],
): Records['products'] {
  return wares.map(([title, category, low, high], i) => {
    const price = pounds(low, high)
    return row('products', {
      sku: `BR-${100 + i}`,
      title,
      category,
      price,
      cost: part(price, 0.42),
      supplier: pick(suppliers.slice(0, 5)).id,
      isActive: !chance(0.05),
    })
  })
}

export function makeInventory(
  { row, between, day }: Making,
  products: Records['products'],
): Records['inventory'] {
  return products.map(({ id }) => {
    const reorderPoint = between(6, 20)
    return row('inventory', {
      product: id,
      location: 'Leeds',
      onHand: between(0, 60),
      committed: between(0, 6),
      incoming: 0,
      reorderPoint,
      countedAt: day(-between(1, 30)),
    })
  })
}

type Orders = Pick<Records, 'orders' | 'orderLines'>

export function makeOrders(
  make: Making,
  { customers, products }: Pick<Records, 'customers' | 'products'>,
): Orders {
  const { row, pick, between, day, chance } = make
  const orders: Records['orders'][number][] = []
  const orderLines: Records['orderLines'][number][] = []
  for (let offset = -180; offset <= 0; offset++) {
    for (let n = between(0, 2); n > 0; n--) {
      const placedAt = `${day(offset)}T${String(between(8, 19)).padStart(2, '0')}:${between(10, 59)}:00.000Z`
      const customer = pick(customers)
      const lines = Array.from({ length: between(1, 3) }, () => {
        const product = pick(products)
        const quantity = between(1, 3)
        const unitPrice = product.price ?? { amount: 1_000, currency: 'GBP' }
        return {
          product: product.id,
          description: product.title,
          quantity,
          unitPrice,
          amount: part(unitPrice, quantity),
        }
      })
      const subtotal = { amount: lines.reduce((sum, line) => sum + line.amount.amount, 0), currency: 'GBP' }
      const isFresh = offset > -4
      const order = row('orders', {
        number: `#${1000 + orders.length}`,
        customer: customer.id,
        placedAt,
        paidAt: placedAt,
        fulfilledAt: isFresh ? null : `${day(Math.min(offset + between(1, 5), 0))}T15:00:00.000Z`,
        payment: 'paid',
        fulfilment: isFresh ? 'unfulfilled' : 'fulfilled',
        subtotal,
        shipping: { amount: 495, currency: 'GBP' },
        tax: part(subtotal, 0.2),
        total: { amount: Math.round(subtotal.amount * 1.2) + 495, currency: 'GBP' },
        channel: pick(['web', 'web', 'shop']),
        country: customer.country,
        region: customer.region,
        notes: chance(0.1) ? `Leave with ${customer.name ?? 'reception'}.` : null,
      })
      orders.push(order)
      orderLines.push(...lines.map((line) => row('orderLines', { order: order.id, placedAt, ...line })))
    }
  }
  return { orders, orderLines }
}

export function makePurchaseOrders(
  { row, pick, between, day }: Making,
  products: Records['products'],
): Records['purchaseOrders'] {
  return Array.from({ length: 14 }, (_, i) => {
    const product = pick(products)
    const orderedAt = -180 + i * 13
    const isOpen = orderedAt > -15
    const quantity = between(10, 40)
    return row('purchaseOrders', {
      number: `PO-${400 + i}`,
      supplier: product.supplier,
      product: product.id,
      quantity,
      unitCost: product.cost,
      amount: product.cost && part(product.cost, quantity),
      orderedAt: day(orderedAt),
      expectedAt: day(orderedAt + between(7, 20)),
      receivedAt: isOpen ? null : day(orderedAt + between(7, 25)),
      status: isOpen ? 'sent' : 'received',
    })
  })
}

export function makeTickets(
  { row, pick, between, day, chance }: Making,
  orders: Records['orders'],
): Records['tickets'] {
  return Array.from({ length: 16 }, (_, i) => {
    const order = pick(orders.slice(-60))
    const [subject, message, topic] = pick(subjects)
    const opened = -between(0, 40)
    const isOpen = opened > -5
    return row('tickets', {
      number: `T-${70 + i}`,
      customer: order.customer,
      order: order.id,
      openedAt: `${day(opened)}T10:15:00.000Z`,
      closedAt: isOpen ? null : `${day(opened + 1)}T16:40:00.000Z`,
      status: isOpen ? 'open' : 'closed',
      priority: chance(0.2) ? 'high' : 'normal',
      channel: pick(['email', 'chat']),
      topic,
      subject,
      message,
    })
  })
}

const campaigns = [
  ['Autumn shelves, search', 'google-ads', 2.6],
  ['Lighting, social', 'meta-ads', 1.1],
  ['Brand', 'google-ads', 5.2],
] as const

export function makeAds({ row, pounds, between, day }: Making): Pick<Records, 'campaigns' | 'adSpend'> {
  const adSpend: Records['adSpend'][number][] = []
  const made = campaigns.map(([name, platform, returned]) => {
    const dailyBudget = pounds(15, 45)
    const campaign = row('campaigns', {
      name,
      platform,
      status: 'active',
      objective: 'sales',
      dailyBudget,
      startsAt: day(-120),
    })
    for (let offset = -90; offset < 0; offset++) {
      const spend = part(dailyBudget, between(60, 105) / 100)
      const clicks = between(10, 80)
      adSpend.push(
        row('adSpend', {
          campaign: campaign.id,
          day: day(offset),
          spend,
          impressions: clicks * between(20, 60),
          clicks,
          conversions: between(0, 4),
          revenue: part(spend, (returned * between(50, 150)) / 100),
        }),
      )
    }
    return campaign
  })
  return { campaigns: made, adSpend }
}
