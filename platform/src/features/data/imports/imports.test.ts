import { expect } from 'vitest'
import { test } from '../../../../test/harness.ts'
import { importFile, sendFile } from '../../../../test/imports.ts'
import { createBusiness } from '../../../../test/people.ts'

const lines = {
  dataset: 'orderLines',
  columns: {
    InvoiceNo: 'order.number',
    StockCode: 'product.sku',
    Description: ['description'],
    Quantity: 'quantity',
    InvoiceDate: 'placedAt',
    UnitPrice: 'unitPrice',
    CustomerID: 'order.customer.id',
    Country: 'order.customer.country',
  },
  dateOrder: 'ymd',
  decimal: '.',
}

const shop = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536366,22633,HAND WARMER,6,2010-12-01 08:28:00,1.85,17850.0,United Kingdom
536366,22633,HAND WARMER,many,2010-12-01 08:28:00,1.85,17850.0,United Kingdom
`

test('order lines bring their orders, products and customers, and a broken row is told with its line', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const done = await importFile(platform, operator, business, shop, { mapping: lines })
  expect(done.body).toMatchObject({
    state: 'finished',
    format: 'csv',
    datasets: {
      orderLines: { created: 4 },
      orders: { created: 2 },
      products: { created: 3 },
      customers: { created: 1 },
    },
    counts: { created: 10, updated: 0, unchanged: 0, rejected: 1, read: 11 },
    errors: [{ line: 6, field: 'quantity' }],
    errorCount: 1,
  })
})

test('importing the same file again changes nothing', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  await importFile(platform, operator, business, shop, { mapping: lines })
  const again = await importFile(platform, operator, business, shop, { mapping: lines })
  expect(again.body.counts).toEqual({ read: 11, created: 0, updated: 0, unchanged: 10, rejected: 1 })
})

test('a CSV of no known layout waits for its mapping', async ({ operator }) => {
  const business = await createBusiness(operator)
  const received = await sendFile(operator, business, shop)
  expect(received.body).toMatchObject({
    state: 'needs-mapping',
    format: 'csv',
    mapping: { dataset: 'orderLines' },
  })
})
