import { parse as parseCsv } from 'csv-parse/sync'
import { datasetNames } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'
import { parse } from '../testing/fixture.ts'
import { guessMapping } from './guess.ts'
import { Mapping } from './mapping.ts'
import { targetsOf } from './targets.ts'
import { templateCsv } from './template.ts'

test.each(datasetNames)('the template of %s is recognised and imports as it stands', async (dataset) => {
  const [header = [], example = []] = parseCsv(templateCsv(dataset))
  const guess = guessMapping(header, [example])
  expect(guess).toMatchObject({ dataset, missing: [], uncertain: [], confidence: 1 })
  expect(Object.keys(guess.columns)).toEqual(header)

  const { errors, of } = await parse(templateCsv(dataset))
  expect(errors).toEqual([])
  expect(of(dataset)).toHaveLength(1)
})

test.each(datasetNames)(
  'the template of %s reads the same when a spreadsheet saved it in German',
  async (dataset) => {
    const [header = [], example = []] = parseCsv(templateCsv(dataset))
    const german = example.map((cell) => {
      if (/^-?\d+\.\d+$/.test(cell)) return cell.replace('.', ',')
      const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(cell)
      return day ? `${day[3]}.${day[2]}.${day[1]}` : cell
    })
    const original = await parse(templateCsv(dataset))
    const saved = await parse(
      `\uFEFF${[header, german].map((row) => row.map((cell) => `"${cell}"`).join(';')).join('\r\n')}\r\n`,
    )
    expect(saved.errors).toEqual([])
    expect(saved.of(dataset).map(({ fields, key }) => ({ fields, key }))).toEqual(
      original.of(dataset).map(({ fields, key }) => ({ fields, key })),
    )
  },
)

test.each(datasetNames)('every column that a mapping of %s may choose is a field', (dataset) => {
  const columns = Object.fromEntries(targetsOf(dataset).map((target) => [target, target]))
  expect(Mapping.safeParse({ dataset, columns, dateOrder: 'ymd', decimal: '.' }).success).toBe(true)
})

test('a mapping to a field that does not exist says which ones there are', () => {
  const checked = Mapping.safeParse({
    dataset: 'bills',
    columns: { A: 'amountOwed', B: 'supplier.nme' },
    dateOrder: 'ymd',
    decimal: '.',
  })
  expect(checked.error?.issues).toMatchObject([
    { path: ['columns', 'A'], message: expect.stringContaining('bills has no field amountOwed') as string },
    { path: ['columns', 'B'] },
  ])
})

const layouts: [string, string, string[], Record<string, string>][] = [
  [
    'a web shop’s invoice lines',
    'orderLines',
    [
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
      '536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
    ],
    {
      InvoiceNo: 'order.number',
      StockCode: 'product.sku',
      UnitPrice: 'unitPrice',
      CustomerID: 'order.customer.id',
      Country: 'order.country',
    },
  ],
  [
    'Xero invoices',
    'invoices',
    [
      'ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,Description,Quantity,UnitAmount,LineAmount,TaxAmount,Currency,Type,Status',
      'Acme,a@acme.example,INV-1,,13/02/2026,15/03/2026,240.00,40.00,0.00,240.00,Design,1,200,200,40,GBP,Sales invoice,Awaiting Payment',
    ],
    {
      ContactName: 'customer.name',
      InvoiceNumber: 'number',
      Total: 'amount',
      TaxTotal: 'taxAmount',
      InvoiceAmountDue: 'amountDue',
      Status: 'status',
    },
  ],
  [
    'Xero bills, told by their type',
    'bills',
    [
      'ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,Description,Quantity,UnitAmount,LineAmount,TaxAmount,Currency,Type,Status',
      'Paper Co,,B-1,,13/02/2026,15/03/2026,24.00,4.00,0.00,24.00,Paper,1,20,20,4,GBP,Bill,Paid',
    ],
    { ContactName: 'supplier.name', InvoiceNumber: 'number', Total: 'amount', DueDate: 'dueAt' },
  ],
  [
    'Shopify customers',
    'customers',
    [
      'First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,City,Province,Country,Zip,Phone,Total Spent,Note',
      "Jo,Miller,jo@example.com,yes,,1 High St,London,,United Kingdom,'SW1A 1AA,'+442079460000,10.00,",
    ],
    { 'First Name': 'name', 'Last Name': 'name', Email: 'email', Zip: 'postcode' },
  ],
  [
    'Shopify products',
    'products',
    [
      'Handle,Title,Vendor,Type,Published,Variant SKU,Variant Price,Cost per item,Status',
      'mug,Blue mug,Acme,Kitchen,true,MUG-L,12.50,4.10,active',
    ],
    { Title: 'title', 'Variant SKU': 'sku', 'Variant Price': 'price', 'Cost per item': 'cost' },
  ],
  [
    'a help desk’s tickets',
    'tickets',
    [
      'Ticket ID,Subject,Requester email,Status,Priority,Created at,Solved at',
      '17,Late parcel,jo@example.com,Pending,High,2026-01-14 11:05,',
    ],
    {
      'Ticket ID': 'number',
      'Requester email': 'customer.email',
      'Created at': 'openedAt',
      'Solved at': 'closedAt',
    },
  ],
]

test.each(layouts)('%s are seen as %s', (_, dataset, [head = '', ...lines], columns) => {
  const guess = guessMapping(
    head.split(','),
    lines.map((line) => line.split(',')),
  )
  expect(guess).toMatchObject({ dataset, columns, missing: [] })
})

test('what a sample does not decide is named and follows the country', () => {
  const header = ['Date', 'Description', 'Amount', 'Ref']
  const rows = [['03/04/2026', 'Rent', '1,200', 'x']]
  expect(guessMapping(header, rows, { country: 'US' })).toMatchObject({
    dateOrder: 'mdy',
    decimal: '.',
    uncertain: ['dateOrder', 'decimal'],
  })
  expect(guessMapping(header, rows, { country: 'DE' })).toMatchObject({ dateOrder: 'dmy', decimal: ',' })
  expect(
    guessMapping(header, [...rows, ['25/04/2026', 'Rent', '1,200.50', 'x']], { country: 'US' }),
  ).toMatchObject({
    dateOrder: 'dmy',
    decimal: '.',
    uncertain: [],
  })
})

test('a dataset that is asked for is mapped even where another fits better, and says what it lacks', () => {
  const guess = guessMapping(['Date', 'Description', 'Amount'], [['2026-01-02', 'Rent', '1.00']], {
    dataset: 'bills',
  })
  expect(guess).toMatchObject({
    dataset: 'bills',
    columns: { Date: 'issuedAt', Amount: 'amount' },
    missing: ['supplier.name'],
  })
})

test('amounts that all carry one currency are in it', () => {
  const guess = (...amounts: string[]) =>
    guessMapping(
      ['Date', 'Description', 'Amount'],
      amounts.map((amount) => ['2026-01-31', 'Rent', amount]),
    ).currency
  expect(guess('€12.50', '-€3.00')).toBe('EUR')
  expect(guess('12.50 CHF', '3.00 CHF')).toBe('CHF')
  expect(guess('12.50', '3.00')).toBeNull()
  expect(guess('$12.50', '$3.00')).toBeNull()
})
