import { defineProvider, usd, z } from '@bizq/sdk'
import { chanceOf, dailyDemand, demandOver, leadTime, stockFor } from './reorder.ts'

const dayOf = (iso: string) => Math.floor(Date.parse(iso) / 86_400_000)
const sum = (numbers: readonly number[]) => Math.round(numbers.reduce((a, b) => a + b, 0) * 1e6) / 1e6
const isOnOrder: ReadonlySet<string> = new Set(['draft', 'sent', 'partial'])
const withinAYear = (days: number) => Math.min(Math.max(0, days), 365)
const rounded = (share: number) => Math.round(share * 1000) / 1000

/** Pieces in each of the 26 whole weeks before today, the oldest first, from the first one with an order on. */
function piecesByWeek(lines: readonly { placedAt: string; quantity: number }[], now: number): number[] {
  const byWeek = Map.groupBy(lines, (line) => Math.floor((now - 1 - dayOf(line.placedAt)) / 7))
  const first = Math.min(25, Math.max(-1, ...byWeek.keys()))
  return Array.from({ length: first + 1 }, (_, i) =>
    sum((byWeek.get(first - i) ?? []).map((line) => line.quantity)),
  )
}

export default defineProvider({
  service: 'inventory-planner',
  version: '1.0.0',
  name: 'Inventory Planner',
  category: 'operations/inventory',
  summary: 'Reorders each product in time for its own demand and lead time, at the service level you set.',
  docs: 'https://bizq.example/services/inventory-planner',
  support: 'support@bizq.example',
  pricing: { monthly: usd(8) },
  capabilities: ['stock_replenishment'],
  data: {
    orderLines: {
      fields: ['id', 'product', 'placedAt', 'quantity'],
      history: '182d',
      purpose: 'To know how many of each product are sold, and how unevenly.',
    },
    inventory: {
      fields: ['id', 'product', 'onHand', 'committed', 'incoming'],
      purpose: 'To know how many are there, sold already, and on their way.',
    },
    products: {
      fields: ['id', 'supplier', 'cost', 'isActive'],
      purpose: 'To know who supplies a product, what it costs, and whether it is still sold.',
    },
    suppliers: {
      fields: ['id', 'leadTimeDays'],
      purpose: 'To know how long a delivery is promised to take.',
      optional: true,
    },
    purchaseOrders: {
      fields: ['supplier', 'product', 'quantity', 'orderedAt', 'receivedAt', 'status'],
      history: '365d',
      purpose: 'To know how long deliveries really took, and what is on order.',
      optional: true,
    },
  },
  money: 'scaled',
  actions: [{ type: 'stock.reorder', max: usd(5_000) }],
  schedule: 'daily',
  settings: z.object({
    serviceLevel: z.number().min(0.5).max(0.999).default(0.95).describe('Chance of not running out'),
    coverDays: z.int().min(1).max(180).default(30).describe('Days that an order is to last'),
    leadTimeDays: z.int().min(1).max(180).default(14).describe('Days to delivery where none are known'),
  }),

  execute({ data, settings, today, propose }) {
    const now = dayOf(today.toString())
    const linesOf = Map.groupBy(data.orderLines, (line) => line.product)
    const stockOf = Map.groupBy(data.inventory, (level) => level.product)
    const ordersOf = Map.groupBy(data.purchaseOrders, (order) => order.product)
    const ordersFrom = Map.groupBy(data.purchaseOrders, (order) => order.supplier)
    const promised = new Map(data.suppliers.map((supplier) => [supplier.id, supplier.leadTimeDays]))
    const leadTimeOf = (supplier: string | null) => {
      const received = supplier === null ? [] : (ordersFrom.get(supplier) ?? [])
      const days = received.flatMap((o) => (o.receivedAt ? [dayOf(o.receivedAt) - dayOf(o.orderedAt)] : []))
      const promise = promised.get(supplier ?? '') ?? settings.leadTimeDays
      return leadTime(days.map(withinAYear), withinAYear(promise))
    }

    const plans = data.products.flatMap((product) => {
      const [stock, lines] = [stockOf.get(product.id), linesOf.get(product.id)]
      if (!stock || !lines || product.isActive === false) return []
      const daily = dailyDemand(piecesByWeek(lines, now))
      const wait = leadTimeOf(product.supplier)
      // The next look is tomorrow: what is sold until then must be covered too.
      const meanwhile = demandOver(daily, { ...wait, mean: wait.mean + 1 })
      const ordered = (ordersOf.get(product.id) ?? []).filter((o) => isOnOrder.has(o.status))
      const incoming = Math.max(sum(ordered.map((o) => o.quantity)), sum(stock.map((s) => s.incoming ?? 0)))
      const position = sum(stock.map((s) => s.onHand - (s.committed ?? 0))) + incoming
      const reorderPoint = stockFor(meanwhile, settings.serviceLevel)
      const target = reorderPoint + daily.mean * settings.coverDays
      const quantity = Math.min(1_000_000, Math.ceil(target - position - 1e-6))
      // Sure is an order that would be sold within twice the time that it is meant to cover.
      const twice = demandOver(daily, { ...wait, mean: wait.mean + 1 + 2 * settings.coverDays })
      const confidence = rounded(chanceOf(twice, position + quantity))
      const urgency = chanceOf(meanwhile, position)
      return [{ product, stock, lines, wait, position, reorderPoint, quantity, confidence, urgency }]
    })
    const due = plans.filter((p) => p.quantity > 0 && p.reorderPoint > 0 && p.position <= p.reorderPoint)
    due.sort((a, b) => b.urgency - a.urgency)
    for (const { product, stock, lines, wait, quantity, confidence } of due.slice(0, 500)) {
      const { id, cost } = product
      const latest = lines.filter((line) => line.placedAt === lines.at(-1)?.placedAt)
      const because = [product, ...stock.slice(0, 9), ...latest.slice(0, 10)]
      const amount = Math.ceil(quantity * (cost?.amount ?? Infinity))
      const impact = cost && Number.isSafeInteger(amount) ? { ...cost, amount } : null
      const expectedAt = today.add({ days: Math.round(wait.mean) }).toString()
      propose('stock.reorder', { product: id, quantity, expectedAt }, { impact, confidence, because })
    }
    return { metrics: { products: plans.length, reorders: due.length } }
  },
})
