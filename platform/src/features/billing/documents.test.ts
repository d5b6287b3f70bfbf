import { expect, test } from 'vitest'
import type { z } from '@hono/zod-openapi'
import { invoiceCsv, invoicePdf } from './documents.ts'
import type { Invoice } from './schemas.ts'

type InvoiceValue = z.infer<typeof Invoice>
type Line = InvoiceValue['lines'][number]

const eur = (amount: number) => ({ amount, currency: 'EUR' })
const credits = { service: eur(0), granted: eur(0), launch: eur(0), account: eur(0) }
const period = { from: '2026-12-05T00:00:00.000Z', to: '2027-01-05T00:00:00.000Z' }

const line = (place: number, business: string): Line => ({
  id: `ivl_${place}`,
  kind: 'usage',
  description: `Ledger Tidier · ${business}: 3 × tidied ledger`,
  business: { id: `bus_${business}`, name: business },
  service: { id: 'svc_1', service: 'ledger-tidier', name: 'Ledger Tidier' },
  subscription: `sub_${place}`,
  ...period,
  quantity: 3,
  price: { amount: 270, currency: 'USD' },
  rate: '0.9',
  gross: eur(248),
  conversion: eur(5),
  discount: eur(25),
  discounts: [{ words: 'HARVEST-10', amount: eur(25) }],
  amount: eur(223),
  credits,
  card: eur(223),
  refunded: eur(0),
  taken: eur(0),
  creditBack: eur(0),
  covered: eur(0),
})

const invoiceOf = (lines: Line[]): InvoiceValue => ({
  id: 'ivc_1',
  number: 'ABCD-0001',
  kind: 'period',
  state: 'paid',
  plan: 'starter',
  period,
  madeAt: period.from,
  paidAt: period.from,
  total: eur(223 * lines.length),
  credits,
  card: eur(223 * lines.length),
  tax: eur(0),
  refunded: eur(0),
  taken: eur(0),
  creditBack: eur(0),
  covered: eur(0),
  hostedUrl: null,
  failure: null,
  nextAttemptAt: null,
  lines,
})

const pagesOf = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length

test('an invoice of many lines runs on over pages and none of them is empty', async () => {
  const long = 'Marlowe & Sons, Antiquarian Prints and Maps of the North, Westmorland and the Isles'
  const of = (count: number) => invoiceOf(Array.from({ length: count }, (_, place) => line(place, long)))
  expect(pagesOf(await invoicePdf(of(3), 'Marlowe', null))).toBe(1)
  expect(pagesOf(await invoicePdf(of(60), 'Marlowe', null))).toBe(3)
})

test('the same invoice gives the same bytes', async () => {
  const invoice = invoiceOf([line(1, 'Books')])
  const [once, again] = [await invoicePdf(invoice, 'M', 'note'), await invoicePdf(invoice, 'M', 'note')]
  expect(once.equals(again)).toBe(true)
})

test('a name that a spreadsheet would take for a formula stands in the CSV as text', () => {
  const [head, row] = invoiceCsv(invoiceOf([line(1, '=HYPERLINK("https://evil.example")')])).split('\r\n')
  expect(head).toContain('quantity,list_amount,list_currency,rate,gross')
  expect(row).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
  expect(row).toContain(',3,2.70,USD,0.9,2.48,0.05,0.25,2.23,')
})

test('what is charged to a card is the sum of its column in the CSV, tax and all', () => {
  const invoice = { ...invoiceOf([line(1, 'Books'), line(2, 'Toys')]), tax: eur(87) }
  const [head = '', ...rows] = invoiceCsv(invoice).trimEnd().split('\r\n')
  const at = head.split(',').indexOf('card')
  const cards = rows.map((row) => Number(row.split(',')[at]))
  expect(cards).toEqual([2.23, 2.23, 0.87])
  expect(rows.at(-1)).toContain(',tax,Tax,')
  expect(invoiceCsv(invoiceOf([line(1, 'Books')]))).not.toContain(',tax,')
})
