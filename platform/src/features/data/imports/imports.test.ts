import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect } from 'vitest'
import { test } from '../../../../test/harness.ts'
import { carryOut, importFile, sendFile } from '../../../../test/imports.ts'
import { createBusiness, join } from '../../../../test/people.ts'
import { workOn } from '../../../jobs/work.ts'
import { importJob } from './jobs.ts'

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

test('a CSV of no known layout waits for its mapping, shows what it would become, and runs when it is confirmed', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const received = await sendFile(operator, business, shop)
  expect(received.body).toMatchObject({
    state: 'needs-mapping',
    format: 'csv',
    mapping: { dataset: 'orderLines' },
    counts: { read: 0 },
  })
  const path = `/v1/imports/${received.body.id}`
  const preview = await operator.get(`${path}/preview`)
  expect(preview.status).toBe(200)
  expect(preview.body.header).toContain('StockCode')
  expect(preview.body.targets).toContain('order.number')
  expect(preview.body.sample[0][2]).toBe('WHITE HANGING HEART')
  const tried = await operator.post(`${path}/preview`, lines)
  expect(tried.body.records).toContainEqual(
    expect.objectContaining({
      dataset: 'orderLines',
      line: 2,
      fields: expect.objectContaining({ quantity: 6, unitPrice: { amount: 255, currency: 'GBP' } }),
    }),
  )
  expect(tried.body.errors).toMatchObject([{ line: 6, field: 'quantity' }])

  const wrong = await operator.post(`${path}/mapping`, { ...lines, columns: { Nonsense: 'quantity' } })
  expect(wrong.status).toBe(422)
  expect(wrong.body.type).toMatch(/mapping-invalid$/)
  expect(wrong.body.errors[0].pointer).toBe('/mapping/columns/Nonsense')
  const unknown = await operator.post(`${path}/mapping`, {
    ...lines,
    columns: { Quantity: 'amountOfThings' },
  })
  expect(unknown.body.errors[0].detail).toContain('orderLines has no field amountOfThings')

  const confirmed = await operator.post(`${path}/mapping`, lines)
  expect(confirmed.status).toBe(202)
  const done = await carryOut(platform, operator, confirmed)
  expect(done.body).toMatchObject({ state: 'finished', counts: { created: 10 } })
  expect((await operator.post(`${path}/mapping`, lines)).status).toBe(409)
})

test.for([
  ['bank-ofx/checking.ofx', 'ofx', 'transactions'],
  ['bank-ofx/bank_medium.ofx', 'ofx', 'transactions'],
  ['bank-mt940/jejik/rabobank-iban.sta', 'mt940', 'transactions'],
  ['bank-mt940/jejik/postfinance.sta', 'mt940', 'transactions'],
  ['bank-mt940/betterplace/sepa_mt9401.sta', 'mt940', 'transactions'],
  ['bank-camt/camt053.v2.minimal.xml', 'camt053', 'transactions'],
  ['bank-csv/2019-03-02_11-50-46_bunq-statement.csv', 'bank-csv', 'transactions'],
  ['shopify-orders/orders_export.csv', 'shopify-orders', 'orders'],
] as const)(
  '%s lands, is told from its content, and changes nothing the second time',
  async ([file, format, dataset], { platform, operator }) => {
    const business = await createBusiness(operator)
    const content = await readFile(`${import.meta.dirname}/../formats/fixtures/${file}`)
    const done = await importFile(platform, operator, business, content, { name: 'export.bin' })
    expect(done.body).toMatchObject({ state: 'finished', format, failure: null })
    expect(done.body.datasets[dataset].created).toBeGreaterThan(0)
    const again = await importFile(platform, operator, business, content)
    expect(again.body.counts).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: again.body.counts.read,
      read: done.body.counts.read,
    })
  },
)

test('an e-invoice is a bill or an invoice by who the business is, or as it is told', async ({
  platform,
  operator,
}) => {
  const folder = `${import.meta.dirname}/../formats/fixtures/invoices-xrechnung`
  const content = gunzipSync(await readFile(`${folder}/01.03a-INVOICE_ubl.xml.gz`))
  for (const [role, dataset] of [
    ['buyer', 'bills'],
    ['seller', 'invoices'],
  ] as const) {
    const business = await createBusiness(operator)
    const done = await importFile(platform, operator, business, content, { role })
    expect(done.body).toMatchObject({
      state: 'finished',
      format: 'ubl-invoice',
      datasets: { [dataset]: { created: 1 } },
    })
  }
})

test('a file that is nothing to import is refused with what to send instead, and leaves nothing behind', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const refused: [string | Buffer, RegExp][] = [
    [Buffer.from('504b0304', 'hex'), /Excel workbook or a zip/],
    ['', /empty/],
    ['{"a": 1}', /JSON/],
    ['just words', /no table/],
  ]
  for (const [content, words] of refused) {
    const answer = await sendFile(operator, business, content)
    expect(answer.status).toBe(422)
    expect(answer.body.type).toMatch(/import-not-understood$/)
    expect(answer.body.detail).toMatch(words)
  }
  expect((await sendFile(operator, business, shop, { format: 'ofx' })).body.detail).toMatch(/is no ofx/)
  expect((await operator.get(`/v1/businesses/${business}/imports`)).body.items).toEqual([])
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  const { rows } = await admin.query(
    `select 1 from data.import_chunks c where not exists (select 1 from data.imports i where i.id = c.import_id)`,
  )
  await admin.end()
  expect(rows).toEqual([])
})

test('a request that is no form with a file is refused', async ({ operator }) => {
  const business = await createBusiness(operator)
  const path = `/v1/businesses/${business}/imports`
  expect((await operator.post(path, { file: 'x' })).status).toBe(415)
  const empty = new FormData()
  empty.append('format', 'csv')
  expect((await operator.post(path, undefined, { raw: empty })).body.errors).toMatchObject([
    { pointer: '/file' },
  ])
  const broken = await operator.post(path, undefined, {
    raw: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  })
  expect(broken.status).toBe(422)
  const badMapping = await sendFile(operator, business, shop, { mapping: { dataset: 'spells' } })
  expect(badMapping.body).toMatchObject({ type: expect.stringMatching(/mapping-invalid$/) })
})

test('the same file under the same Idempotency-Key is one import; another file is refused', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const send = (content: string) => {
    const form = new FormData()
    form.append('file', new Blob([content]), 'a.csv')
    return operator.post(`/v1/businesses/${business}/imports`, undefined, {
      raw: form,
      headers: { 'idempotency-key': 'my-import-1' },
    })
  }
  const first = await send(shop)
  expect((await send(shop)).body.id).toBe(first.body.id)
  expect((await send(`${shop} `)).status).toBe(422)
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  const { rows } = await admin.query<{ import_id: string }>(
    'select distinct import_id from data.import_chunks',
  )
  await admin.end()
  expect(rows.filter((row) => row.import_id === decodeId('imp', first.body.id))).toHaveLength(1)
  expect((await operator.get(`/v1/businesses/${business}/imports`)).body.items).toHaveLength(1)
})

test('a file that breaks off keeps what was good, says where it broke, and may be undone', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const wrongFrom = [
    'account.name,bookedAt,amount',
    'Main,2026-01-01,5',
    ...Array.from({ length: 60_000 }, () => 'Main,some day,5'),
    ...Array.from({ length: 1_100 }, () => '"never closed'),
    '',
  ].join('\n')
  const mapping = {
    dataset: 'transactions',
    columns: { 'account.name': 'account.name', bookedAt: 'bookedAt', amount: 'amount' },
    dateOrder: 'ymd',
    decimal: '.',
  }
  const done = await importFile(platform, operator, business, wrongFrom, { mapping })
  expect(done.body).toMatchObject({ state: 'failed', failure: expect.stringMatching(/quotation marks/) })
  expect(done.body.errors.length).toBe(1_000)
  expect(done.body.counts.created).toBe(1)
  expect(done.body.errorCount).toBeGreaterThan(10_000)
  expect(done.body.counts.rejected).toBe(done.body.errorCount)
  expect((await operator.post(`/v1/imports/${done.body.id}/undo`)).body.state).toBe('undone')
})

test('the imports of a business are listed newest first, to nobody else', async ({
  platform,
  operator,
  stranger,
}) => {
  const business = await createBusiness(operator)
  const ids: string[] = []
  for (let i = 0; i < 3; i++) {
    ids.unshift((await importFile(platform, operator, business, shop, { mapping: lines })).body.id)
  }
  const first = await operator.get(`/v1/businesses/${business}/imports?limit=2`)
  const second = await operator.get(`/v1/businesses/${business}/imports?limit=2&cursor=${first.body.next}`)
  expect([...first.body.items, ...second.body.items].map((item: { id: string }) => item.id)).toEqual(ids)
  expect((await stranger.get(`/v1/imports/${ids[0]}`)).status).toBe(404)
  expect((await sendFile(stranger, business, shop)).status).toBe(404)
  expect((await stranger.post(`/v1/imports/${ids[0]}/mapping`, lines)).status).toBe(404)
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await sendFile(viewer, business, shop)).status).toBe(403)
  expect((await viewer.get(`/v1/imports/${ids[0]}`)).status).toBe(200)
})

test('the worker carries an import out and tells of its progress and its end', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  await workOn(platform.deps, [importJob])
  const received = await sendFile(operator, business, shop, { mapping: lines })
  const told = async () => {
    const admin = new Client({ connectionString: platform.adminUrl })
    await admin.connect()
    const { rows } = await admin.query<{ type: string; payload: { import: string } }>(
      `select type, payload from bizq.events where type like 'import.%' order by seq`,
    )
    await admin.end()
    return rows.filter((row) => row.payload.import === received.body.id)
  }
  await expect
    .poll(async () => (await told()).map((row) => row.type), { timeout: 30_000 })
    .toEqual(['import.received', 'import.progressed', 'import.finished'])
  expect((await told())[2]?.payload).toMatchObject({
    business,
    counts: { created: 10, rejected: 1 },
    datasets: { orders: { created: 2 } },
  })
})
