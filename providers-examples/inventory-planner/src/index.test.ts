import { manifestOf, rowBuilders, runProvider } from '@bizq/sdk/testing'
import { describe, expect, test } from 'vitest'
import { expectMatching, expectSameOrder } from '../../testing/matching.ts'
import { changed, dice, reorderedWithinTime } from '../../testing/transform.ts'
import provider from './index.ts'

const now = '2026-11-20T09:00:00.000Z'
const today = Temporal.PlainDate.from('2026-11-20')
const on = (days: number) => today.add({ days }).toString()
const at = (days: number, hour = 10) => `${on(days)}T${hour}:00:00.000Z`
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const build = rowBuilders()
const supplier = build.suppliers({ leadTimeDays: 10 })

type Rows = NonNullable<Parameters<typeof runProvider<typeof provider.data, undefined>>[1]>['data'] & object
const run = (data: Rows, settings = {}, instant = now) =>
  runProvider(provider, { data, settings, now: instant })

/** A product of which `daily` pieces a day were sold for half a year, with so many on hand. */
function article(daily: number, onHand: number) {
  const product = build.products({ supplier: supplier.id, cost: gbp(250), isActive: true })
  const inventory = [build.inventory({ product: product.id, onHand })]
  const orderLines = Array.from({ length: 182 }, (_, i) =>
    build.orderLines({ product: product.id, placedAt: at(i - 182), quantity: daily }),
  )
  return { products: [product], inventory, orderLines, suppliers: [supplier] }
}

/** Thirty products that sell unevenly, some of them nearly gone, with past deliveries and one on its way. */
function warehouse(seed: number) {
  const roll = dice(seed)
  const articles = Array.from({ length: 30 }, () => article(0, Math.round(120 * roll())))
  const products = articles.flatMap((a) => a.products)
  const orderLines = Array.from({ length: 2000 }, () => {
    const product = products[Math.floor(30 * roll() * roll())]?.id ?? null
    const quantity = Math.round(6 * roll()) - 1
    return build.orderLines({
      product,
      quantity,
      placedAt: at(-1 - Math.floor(181 * roll()), 10 + Math.floor(3 * roll())),
    })
  }).toSorted((a, b) => (a.placedAt < b.placedAt ? -1 : 1))
  const purchaseOrders = Array.from({ length: 6 }, (_, i) =>
    build.purchaseOrders({
      supplier: supplier.id,
      product: products[i]?.id ?? null,
      quantity: 40,
      orderedAt: on(-90 + i * 10),
      receivedAt: i < 5 ? on(-90 + i * 10 + 8 + Math.round(6 * roll())) : null,
      status: i < 5 ? 'received' : 'sent',
    }),
  )
  return {
    products,
    inventory: articles.flatMap((a) => a.inventory),
    suppliers: [supplier],
    orderLines,
    purchaseOrders,
  }
}

describe('the reorder point', () => {
  test('of steady sales is what is sold until the delivery, one day and the doubt about the lead time', async () => {
    // 5 a day, 10 days promised give or take 2: 55 pieces with variance 100, of which 72 cover 95 %.
    expect((await run(article(5, 73))).proposals).toEqual([])
    expect((await run(article(5, 72))).proposals).toHaveLength(1)
  })

  test('rises with the service level that the operator set', async () => {
    expect((await run(article(5, 73), { serviceLevel: 0.99 })).proposals).toHaveLength(1)
  })

  test('follows what deliveries really took', async () => {
    const purchaseOrders = [20, 20, 20].map((days, i) =>
      build.purchaseOrders({
        supplier: supplier.id,
        orderedAt: on(-100 + i),
        receivedAt: on(-100 + i + days),
        status: 'received',
      }),
    )
    expect((await run({ ...article(5, 104), purchaseOrders })).proposals).toHaveLength(1)
    expect((await run({ ...article(5, 106), purchaseOrders })).proposals).toEqual([])
  })

  test('counts what is sold already and what is on its way, once', async () => {
    const data = article(5, 80)
    const [level, product] = [data.inventory[0], data.products[0]?.id ?? null]
    const reserved = { ...data, inventory: [{ ...level, committed: 10 }] }
    expect((await run(reserved)).proposals).toHaveLength(1)
    const ordered = build.purchaseOrders({ product, quantity: 10, status: 'sent', supplier: supplier.id })
    const incoming = { ...data, inventory: [{ ...level, committed: 10, incoming: 10 }] }
    expect((await run({ ...reserved, purchaseOrders: [ordered] })).proposals).toEqual([])
    expect((await run(incoming)).proposals).toEqual([])
    const lower = { ...incoming, inventory: [{ ...level, committed: 20, incoming: 10 }] }
    expect((await run({ ...lower, purchaseOrders: [ordered] })).proposals).toHaveLength(1)
  })

  test('adds up the places of storage', async () => {
    const data = article(5, 40)
    const elsewhere = build.inventory({ product: data.products[0]?.id ?? '', onHand: 40 })
    expect((await run({ ...data, inventory: [...data.inventory, elsewhere] })).proposals).toEqual([])
  })
})

describe('the order', () => {
  test('fills up to the reorder point and the days to cover, and says what it costs and when it comes', async () => {
    const { proposals } = await run(article(5, 60))
    // 72 + 5 × 30 − 60
    expect(proposals[0]?.parameters).toMatchObject({ quantity: 162, expectedAt: on(10) })
    expect(proposals[0]?.impact).toEqual(gbp(162 * 250))
    expect(proposals[0]?.confidence).toBeGreaterThan(0.95)
  })

  test('is less sure where sales are few and uneven', async () => {
    const product = build.products({ supplier: supplier.id })
    const orderLines = [-170, -80, -20].map((day, i) =>
      build.orderLines({ product: product.id, placedAt: at(day), quantity: 1 + i * 9 }),
    )
    const inventory = [build.inventory({ product: product.id, onHand: 0 })]
    const { proposals } = await run({ products: [product], inventory, orderLines, suppliers: [supplier] })
    expect(proposals[0]?.confidence).toBeLessThan(0.9)
  })

  test('comes first where stock is likeliest to run out', async () => {
    const [calm, urgent] = [article(5, 70), article(5, 3)]
    const both = {
      products: [...calm.products, ...urgent.products],
      inventory: [...calm.inventory, ...urgent.inventory],
      orderLines: [...calm.orderLines, ...urgent.orderLines],
      suppliers: [supplier],
    }
    expect((await run(both)).proposals.map((p) => p.parameters['product'])).toEqual([
      urgent.products[0]?.id,
      calm.products[0]?.id,
    ])
  })

  test('is not made for what is no longer sold, was never sold, or is not counted', async () => {
    const data = article(5, 0)
    const products = data.products.map((product) => ({ ...product, isActive: false }))
    expect((await run({ ...data, products })).proposals).toEqual([])
    expect((await run({ ...data, orderLines: [] })).proposals).toEqual([])
    expect((await run({ ...data, inventory: [] })).proposals).toEqual([])
  })
})

describe('odd data', () => {
  test('nothing at all gives nothing, and one line is enough to go by', async () => {
    expect((await run({})).proposals).toEqual([])
    const data = article(5, 0)
    const { proposals } = await run({ ...data, orderLines: data.orderLines.slice(-1) })
    expect(proposals).toHaveLength(1)
  })

  test('it does without suppliers, purchase orders and costs', async () => {
    const { products, inventory, orderLines } = article(5, 0)
    const bare = products.map((product) => ({ ...product, supplier: null, cost: null }))
    const { proposals } = await run({ products: bare, inventory, orderLines })
    expect(proposals[0]?.parameters).toMatchObject({ expectedAt: on(14) })
    expect(proposals[0]?.impact).toBeUndefined()
  })

  test('zeros, returns, oversold stock, huge numbers and impossible lead times are no trouble', async () => {
    for (const daily of [0, -5, 1e12]) {
      for (const onHand of [0, -40, 1e12]) {
        for (const leadTimeDays of [-5, 0, 1e9]) {
          const data = { ...article(daily, onHand), suppliers: [{ ...supplier, leadTimeDays }] }
          const { proposals } = await run(data)
          for (const { parameters } of proposals) expect(parameters['quantity']).toBeLessThanOrEqual(1e6)
          if (daily <= 0) expect(proposals).toEqual([])
        }
      }
    }
  })
})

describe('the same business elsewhere', () => {
  test.each([1, 2, 3])('reorders the matching products (%i)', async (seed) => {
    const data = warehouse(seed)
    const output = await run(data)
    expect(output.proposals.length).toBeGreaterThan(3)
    for (const change of [
      { key: 'other' },
      { factor: 311.7 },
      { days: 365 },
      { key: 'x', factor: 8.31, days: -365 },
    ]) {
      const other = await run(changed(data, change), {}, changed(now, change))
      expectSameOrder(other, changed(output, change))
      expectMatching(other, changed(output, change), 1e6)
    }
  })

  test('does not depend on the order of rows of one moment', async () => {
    const data = warehouse(4)
    const mixed = {
      ...data,
      inventory: data.inventory.toReversed(),
      products: data.products.toReversed(),
      orderLines: reorderedWithinTime(data.orderLines, (row) => row.placedAt),
      purchaseOrders: reorderedWithinTime(data.purchaseOrders, (row) => row.orderedAt),
    }
    expectMatching(await run(mixed), await run(data))
    expect(await run(data)).toEqual(await run(data))
  })
})

test('its manifest says the highest stake of one order', () => {
  expect(manifestOf(provider).actions).toEqual([
    { type: 'stock.reorder', max: { amount: 500_000, currency: 'USD' } },
  ])
})
