import { datasetNames, type DatasetName } from '@bizq/sdk/contract'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { test, type Platform } from '../../../../test/harness.ts'
import { importFile } from '../../../../test/imports.ts'
import { createBusiness, type Person } from '../../../../test/people.ts'

const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
const line = (order: number, sku: string, quantity: number, minute: number, customer: number) =>
  `${order},${sku},Item ${sku},${quantity},2010-12-01 08:${minute}:00,2.55,${customer},United Kingdom`

/** Orders as shops export them, with rows wholly identical to another of the same order. */
const orders = [
  line(536365, 'A', 6, 26, 17850),
  line(536365, 'B', 1, 26, 17850),
  line(536365, 'A', 6, 26, 17850),
  line(536365, 'C', 2, 26, 17850),
  line(536366, 'A', 6, 28, 17850),
  line(536367, 'D', 3, 34, 13047),
  line(536367, 'E', 1, 34, 13047),
  line(536367, 'F', 1, 34, 13047),
  line(536367, 'D', 3, 34, 13047),
  line(536368, 'B', 1, 40, 13047),
]
const orderMapping = {
  dataset: 'orderLines',
  columns: {
    InvoiceNo: 'order.number',
    StockCode: 'product.sku',
    Description: 'description',
    Quantity: 'quantity',
    InvoiceDate: 'placedAt',
    UnitPrice: 'unitPrice',
    CustomerID: 'order.customer.id',
    Country: 'order.customer.country',
  },
  dateOrder: 'ymd',
  decimal: '.',
}

const statementHeader = 'Date,Amount,Text'
const statement = [
  '2026-01-05,-3.50,Coffee',
  '2026-01-05,-3.50,Coffee',
  '2026-01-05,-12.00,Lunch',
  '2026-01-06,-3.50,Coffee',
  '2026-01-07,250.00,Invoice 17',
  '2026-01-07,-3.50,Coffee',
  '2026-01-07,-3.50,Coffee',
  '2026-01-07,-3.50,Coffee',
  '2026-01-08,-80.00,Rent',
]
const statementMapping = {
  dataset: 'transactions',
  columns: { Date: 'bookedAt', Amount: 'amount', Text: 'description' },
  constants: { 'account.name': 'Main' },
  dateOrder: 'ymd',
  decimal: '.',
}

async function importRows(
  platform: Platform,
  person: Person,
  business: string,
  file: { header: string; mapping: { dataset: string } },
  rows: readonly string[],
): Promise<void> {
  if (rows.length === 0) return
  const content = [file.header, ...rows, ''].join('\n')
  const done = await importFile(platform, person, business, content, { mapping: file.mapping })
  expect(done.body.state).toBe('finished')
}

/** Every record of a business without its ids, references as what they point to, sorted. */
async function booksOf(person: Person, business: string, datasets: readonly DatasetName[] = datasetNames) {
  const books: Record<string, string[]> = {}
  for (const dataset of datasets) {
    const { items } = (await person.get(`/v1/businesses/${business}/data/${dataset}?limit=200&stubs=true`))
      .body
    books[dataset] = items
      .map(({ id: _id, meta, ...row }: { id: string; meta: { labels: object; isStub: boolean } }) =>
        JSON.stringify({ ...row, ...meta.labels, counterparty: null, isStub: meta.isStub }),
      )
      .sort()
  }
  return books
}

const shop = { header, mapping: orderMapping }
const bank = { header: statementHeader, mapping: statementMapping }

test(
  'every split and overlap of a shop’s export ends in the records of one import',
  { timeout: 300_000 },
  async ({ platform, operator }) => {
    const whole = await createBusiness(operator)
    await importRows(platform, operator, whole, shop, orders)
    const expected = await booksOf(operator, whole)
    expect(expected['orderLines']).toHaveLength(orders.length)
    for (let from = 0; from <= orders.length; from++) {
      for (let to = from; to <= orders.length; to++) {
        const business = await createBusiness(operator)
        await importRows(platform, operator, business, shop, orders.slice(0, to))
        await importRows(platform, operator, business, shop, orders.slice(from))
        expect([from, to, await booksOf(operator, business)]).toEqual([from, to, expected])
      }
    }
  },
)

test('the two parts may come in either order', { timeout: 300_000 }, async ({ platform, operator }) => {
  const whole = await createBusiness(operator)
  await importRows(platform, operator, whole, shop, orders)
  const of = ['orderLines', 'orders'] as const
  const expected = await booksOf(operator, whole, of)
  for (let from = 0; from <= orders.length; from++) {
    for (let to = from; to <= Math.min(from + 2, orders.length); to++) {
      const business = await createBusiness(operator)
      await importRows(platform, operator, business, shop, orders.slice(from))
      await importRows(platform, operator, business, shop, orders.slice(0, to))
      expect([from, to, await booksOf(operator, business, of)]).toEqual([from, to, expected])
    }
  }
})

test(
  'statements of whole days meet row by row, however they overlap and in whatever order they come',
  { timeout: 300_000 },
  async ({ platform, operator }) => {
    const whole = await createBusiness(operator)
    await importRows(platform, operator, whole, bank, statement)
    const expected = await booksOf(operator, whole)
    expect(expected['transactions']).toHaveLength(statement.length)
    const days = [...new Set(statement.map((row) => row.slice(0, 10)))]
    const window = fc.tuple(fc.nat(days.length - 1), fc.nat(days.length - 1))
    await fc.assert(
      fc.asyncProperty(fc.array(window, { maxLength: 3 }), fc.boolean(), async (windows, isReversed) => {
        const business = await createBusiness(operator)
        const all = [...windows, [0, 1], [1, days.length - 1]] as const
        for (const [a, b] of isReversed ? all.toReversed() : all) {
          const inside = days.slice(Math.min(a, b), Math.max(a, b) + 1)
          const rows = statement.filter((row) => inside.includes(row.slice(0, 10)))
          await importRows(platform, operator, business, bank, isReversed ? rows.toReversed() : rows)
        }
        expect(await booksOf(operator, business)).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  },
)

test(
  'a statement that was cut within a day goes on where it was cut',
  { timeout: 300_000 },
  async ({ platform, operator }) => {
    const whole = await createBusiness(operator)
    await importRows(platform, operator, whole, bank, statement)
    const expected = await booksOf(operator, whole)
    for (let from = 0; from <= statement.length; from++) {
      for (let to = from; to <= statement.length; to++) {
        const isBetweenTwins = statement[from - 1] === statement[from] || statement[to - 1] === statement[to]
        if (isBetweenTwins) continue
        const business = await createBusiness(operator)
        await importRows(platform, operator, business, bank, statement.slice(0, to))
        await importRows(platform, operator, business, bank, statement.slice(from))
        expect([from, to, await booksOf(operator, business)]).toEqual([from, to, expected])
      }
    }
  },
)
