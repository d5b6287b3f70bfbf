import { parse as parseCsv } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import type { ParsedRecord } from '../parsed-item.ts'
import { business, fixture, fixtures, parse } from '../testing/fixture.ts'
import { parseXml } from '../xml.ts'
import { readCii } from './cii.ts'
import { readUbl } from './ubl.ts'

type Label = Record<
  | 'file'
  | 'syntax'
  | 'number'
  | 'issue_date'
  | 'due_date'
  | 'currency'
  | 'seller'
  | 'buyer'
  | 'net'
  | 'gross'
  | 'payable'
  | 'iban',
  string
>

const labels = parseCsv<Label>(fixture('invoices-xrechnung/labels.csv'), { columns: true })
const pathOf = ({ file }: Label) =>
  `invoices-xrechnung/${file.split('/').at(-1)?.replace(/\.gz$/, '') ?? ''}.gz`
const minor = (text: string) => ({ amount: Math.round(Number(text) * 100), currency: 'EUR' })

test('every file has its label', () => {
  expect(labels.map(pathOf).sort()).toEqual(fixtures('invoices-xrechnung', /\.gz$/).sort())
  expect(labels).toHaveLength(40)
})

test.each(labels)('$file reads as labelled', async (label) => {
  const bill = await parse(fixture(pathOf(label)), { role: 'buyer' })
  expect(bill.errors).toEqual([])
  expect(bill.meta?.format).toBe(label.syntax === 'UBL' ? 'ubl-invoice' : 'cii-invoice')
  const [record] = bill.of('bills')
  expect(record?.fields).toMatchObject({
    number: label.number,
    issuedAt: label.issue_date,
    dueAt: label.due_date || label.issue_date,
    amount: minor(label.gross),
    amountDue: minor(label.payable),
    status: 'open',
  })
  expect(record?.references['supplier']?.fields['name']).toBe(label.seller)
  if (label.iban) expect(bill.of('suppliers')[0]?.fields['iban']).toBe(label.iban)

  const invoice = await parse(fixture(pathOf(label)), { role: 'seller' })
  expect(invoice.of('invoices')[0]?.references['customer']?.fields['company']).toBe(label.buyer)
})

test.each(labels)('$file nets to what is labelled', (label) => {
  const { name, root } = parseXml(fixture(pathOf(label)).toString())
  const invoice = label.syntax === 'UBL' ? readUbl(name, root, business) : readCii(root, business)
  expect(Number(invoice.net)).toBe(Number(label.net))
  expect(Number(invoice.net) + Number(invoice.tax)).toBeCloseTo(Number(invoice.gross), 2)
})

test('the two syntaxes of one invoice give the same bill', async () => {
  // Notes carry their subject code within the text in UBL; one pair differs in the seller's tax number.
  const comparable = ({ fields }: ParsedRecord) => ({ ...fields, notes: undefined })
  for (const label of labels.filter(({ syntax }) => syntax === 'UBL')) {
    const ubl = await parse(fixture(pathOf(label)), { role: 'buyer' })
    const cii = await parse(fixture(pathOf(label).replace('_ubl', '_uncefact')), { role: 'buyer' })
    expect(ubl.of('bills').map(comparable)).toEqual(cii.of('bills').map(comparable))
  }
})

const path = 'invoices-xrechnung/01.21a-INVOICE_ubl.xml.gz'

test.each([
  ['the seller’s name', { name: 'Mustermann GmbH' }, 'invoices'],
  ['the seller’s name without its legal form', { name: 'Mustermann' }, 'invoices'],
  ['the buyer’s name', { name: 'DB Station & Service AG RB Mitte' }, 'bills'],
] as const)('a business with %s gets the right one of bill and invoice', async (_, own, dataset) => {
  const { of, errors } = await parse(fixture(path), { business: { ...business, ...own } })
  expect(errors).toEqual([])
  expect(of(dataset)).toHaveLength(1)
})

test('a tax number decides before a name', async () => {
  const label = 'invoices-xrechnung/01.01a-INVOICE_ubl.xml.gz'
  const { of } = await parse(fixture(label), {
    business: { ...business, name: 'Other', taxNumber: 'DE123456789' },
  })
  expect(of('invoices')).toHaveLength(1)
})

test('an invoice of neither side is refused with the way to mend it', async () => {
  const { items, errors } = await parse(fixture(path))
  expect(items.filter(({ kind }) => kind === 'record')).toEqual([])
  expect(errors).toMatchObject([
    {
      field: 'role',
      isRejected: true,
      reason: expect.stringMatching(/Mustermann GmbH.*role buyer.*or seller/) as string,
    },
  ])
})

test('a credit note lowers what is owed', async () => {
  const xml = fixture(path)
    .toString()
    .replace(/<cbc:InvoiceTypeCode>\d+</, '<cbc:InvoiceTypeCode>381<')
  const { of } = await parse(xml, { role: 'buyer' })
  expect(of('bills')[0]?.fields['amount']).toEqual({ amount: -23300, currency: 'EUR' })
})
