import { parse as parseCsv } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { expect, test } from 'vitest'
import { amount, fixture, parse } from '../testing/fixture.ts'

const file = fixture('shopify-orders/orders_export.csv')
const rows = parseCsv<Record<string, string>>(file, { columns: true })
const orders = rows.filter((row) => row['Financial Status'] !== '')

test('an export gives every order, line, customer and product once', async () => {
  const { meta, of, errors } = await parse(file)
  expect(meta?.format).toBe('shopify-orders')
  expect(errors).toEqual([])
  expect(of('orderLines')).toHaveLength(rows.length)
  expect(of('orders').map(({ fields }) => fields['number'])).toEqual(orders.map((row) => row['Name']))
  expect(of('customers').map(({ fields }) => fields['email'])).toEqual([
    ...new Set(rows.map((row) => row['Email'])),
  ])
  expect(new Set(of('products').map(({ fields }) => fields['sku']))).toEqual(
    new Set(rows.map((row) => row['Lineitem sku'])),
  )
})

const lineOf = (line: number) => file.toString().split('\n')[line - 1]

test('an order has the fields of its first row', async () => {
  const { of } = await parse(file)
  for (const [index, row] of orders.entries()) {
    const order = of('orders')[index]
    expect(order?.fields).toMatchObject({
      placedAt: `${row['Created at']?.replace(' ', 'T').replace(' +0000', '')}.000Z`,
      payment: row['Financial Status'],
      fulfilment: row['Fulfillment Status'],
      country: row['Shipping Country'],
      email: row['Email'],
    })
    expect(amount(order?.fields['total'])).toBe(`${row['Total']} ${row['Currency']}`)
    expect(order?.references['customer']?.key).toEqual({
      source: 'email',
      sourceId: row['Email']?.toLowerCase(),
    })
    expect(lineOf(order?.line ?? 0)).toContain(`${row['Name']},${row['Email']},${row['Financial Status']}`)
  }
})

test('lines come to the subtotal of their order', async () => {
  const { of } = await parse(file)
  for (const order of of('orders')) {
    const lines = of('orderLines').filter(
      ({ key }) => 'group' in key && key.group === `shopify:${amount(order.fields['number'])}`,
    )
    const sum = lines.reduce((total, { fields }) => total + Number(amount(fields['amount']).split(' ')[0]), 0)
    expect(`${sum.toFixed(2)} GBP`).toBe(amount(order.fields['subtotal']))
  }
})

test('columns that a later version adds, and those that an older one lacks, change nothing', async () => {
  const without = ['Fulfilled at', 'Outstanding Balance', 'Employee', 'Location', 'Device ID', 'Id']
  const older = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name))),
  )
  const newer = rows.map((row) => ({
    ...row,
    'Receipt Number': '1',
    Duties: '',
    'Billing Province Name': '',
  }))
  for (const variant of [older, newer]) {
    const { meta, of, errors } = await parse(stringify(variant, { header: true }))
    expect([meta?.format, of('orders').length, of('orderLines').length, errors]).toEqual([
      'shopify-orders',
      orders.length,
      rows.length,
      [],
    ])
  }
})

const header =
  'Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Zip,Shipping Zip'

test('lines take currency and time from the first row of their order, and zip codes lose their apostrophe', async () => {
  const { of, errors } = await parse(
    `${header}\n#1,jo@example.com,partially_refunded,unfulfilled,EUR,5.00,5.00,2026-01-02 10:00:00 +0100,1,Mug,2.00,M,Jo,'0123,'SW1A 1AA\n#1,jo@example.com,,,,,,,1,Cup,3.00,C,,,\n`,
  )
  expect(errors).toEqual([])
  expect(of('orderLines').map(({ fields }) => [amount(fields['amount']), fields['placedAt']])).toEqual([
    ['2.00 EUR', '2026-01-02T09:00:00.000Z'],
    ['3.00 EUR', '2026-01-02T09:00:00.000Z'],
  ])
  expect(of('orders')[0]?.fields).toMatchObject({
    payment: 'part-refunded',
    fulfilment: 'unfulfilled',
    postcode: 'SW1A 1AA',
  })
  expect(of('customers')[0]?.fields['postcode']).toBe('0123')
})

test('a broken line is reported with line, field and column, and the other lines of the order land', async () => {
  const { of, errors } = await parse(
    `${header}\n#1,jo@example.com,paid,fulfilled,EUR,5.00,5.00,2026-01-02 10:00:00 +0100,1,Mug,2.00,M,Jo,,\n#1,jo@example.com,,,,,,,two,Cup,3.00,C,,,\n`,
  )
  expect(of('orders')).toHaveLength(1)
  expect(of('orderLines')).toHaveLength(1)
  expect(errors).toMatchObject([
    {
      line: 3,
      field: 'quantity',
      isRejected: true,
      reason: expect.stringContaining('Lineitem quantity') as string,
    },
  ])
})
