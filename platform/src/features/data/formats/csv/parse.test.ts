import { parse as parseCsv } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { parseFile } from '../parse-file.ts'
import type { ParsedItem, ParsedRecord } from '../parsed-item.ts'
import { amount, business, fixture, fixtures, parse } from '../testing/fixture.ts'
import type { MappingInput } from './mapping.ts'

const retail = fixture('uci-online-retail/online_retail.csv')
const retailRows = parseCsv<Record<string, string>>(retail, { columns: true })

test('invoice lines give orders, lines, products and customers', async () => {
  const { of, errors } = await parse(retail)
  expect(errors).toEqual([])
  expect(of('orderLines')).toHaveLength(retailRows.length)
  expect(of('orders').map(({ fields }) => fields['number'])).toEqual([
    ...new Set(retailRows.map((row) => row['InvoiceNo'])),
  ])
  expect(of('products')).toHaveLength(new Set(retailRows.map((row) => row['StockCode'])).size)
  expect(of('customers')).toHaveLength(
    new Set(retailRows.map((row) => row['CustomerID']).filter(Boolean)).size,
  )
  for (const [index, row] of retailRows.entries()) {
    expect(of('orderLines')[index]?.fields).toMatchObject({
      quantity: Number(row['Quantity']),
      placedAt: `${row['InvoiceDate']?.replace(' ', 'T')}.000Z`,
    })
  }
})

test('an order comes to the sum of its lines, and a cancellation is money back', async () => {
  const { of } = await parse(retail)
  for (const order of of('orders')) {
    const lines = retailRows.filter((row) => row['InvoiceNo'] === order.fields['number'])
    const pence = lines.reduce(
      (sum, row) => sum + Math.round(Number(row['Quantity']) * Number(row['UnitPrice']) * 100),
      0,
    )
    expect(order.fields['total']).toEqual({ amount: pence, currency: 'GBP' })
    expect(order.fields['payment']).toBe(pence < 0 ? 'refunded' : 'paid')
    expect(order.assumed).toEqual(expect.arrayContaining(['payment', 'fulfilment', 'total']))
    expect(order.summed).toEqual(['total'])
  }
})

test('rows wholly alike keep one key each in their order, so that the importer can number them', async () => {
  const { of } = await parse(retail)
  const keys = of('orderLines').map(({ key }) => JSON.stringify(key))
  const alike = new Set(retailRows.map((row) => JSON.stringify(Object.values(row)))).size
  expect(new Set(keys).size).toBe(alike)
  expect(keys.length - alike).toBe(17)
})

test('a file cut between orders gives the same records as the whole, piece by piece', async () => {
  const lines = retail.toString().trimEnd().split('\n')
  const isFirstOfOrder = (index: number) => lines[index]?.split(',')[0] !== lines[index - 1]?.split(',')[0]
  const cut = [150, 300, 450].map((at) => lines.findIndex((_, index) => index >= at && isFirstOfOrder(index)))
  const pieces = [1, ...cut].map((from, index) =>
    [lines[0], ...lines.slice(from, cut[index] ?? lines.length)].join('\n'),
  )
  const of = (records: ParsedRecord[]) =>
    records.map(({ dataset, key, fields }) => ({ dataset, key, fields }))
  const whole = await parse(retail)
  const parts = await Promise.all(pieces.map((piece) => parse(piece)))
  expect(parts.flatMap((part) => of(part.of('orderLines')))).toEqual(of(whole.of('orderLines')))
  expect(parts.flatMap((part) => of(part.of('orders')))).toEqual(of(whole.of('orders')))
})

test('reading never runs ahead of what is taken, however long the file', async () => {
  let given = 0
  async function* endless() {
    yield Buffer.from('InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n')
    for (let order = 0; ; order++) {
      const rows = Array.from(
        { length: 1000 },
        (_, row) => `${order},S${row},Mug,1,2026-01-02 10:00:00,1.50,${order % 7},France\n`,
      )
      given += rows.length
      yield Buffer.from(rows.join(''))
    }
  }
  let lines = 0
  let orders = 0
  for await (const item of parseFile(endless(), { business })) {
    if (item.kind === 'record' && item.dataset === 'orderLines') lines++
    if (item.kind === 'record' && item.dataset === 'orders') orders++
    expect(given - lines).toBeLessThan(20_000)
    if (lines === 100_000) break
  }
  // Orders leave once five thousand later ones have come; here all hundred are still held.
  expect(orders).toBe(0)
}, 60_000)

test('orders leave while the file is read when there are many', async () => {
  async function* many() {
    yield Buffer.from('InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n')
    for (let order = 0; order < 12_000; order++)
      yield Buffer.from(`${order},S,Mug,2,2026-01-02 10:00:00,1.50,${order},France\n`)
  }
  const orders: ParsedItem[] = []
  let held = 0
  for await (const item of parseFile(many(), { business })) {
    if (item.kind !== 'record') continue
    if (item.dataset === 'orderLines') held = Math.max(held, item.line - orders.length)
    if (item.dataset === 'orders') orders.push(item)
  }
  expect(orders).toHaveLength(12_000)
  expect(held).toBeLessThan(6000)
}, 60_000)

test.each(fixtures('birmingham-pcard', /\.csv$/))(
  '%s: card spending becomes money out, refunds money in, nothing is lost',
  async (path) => {
    const bytes = fixture(path)
    const { of, errors, meta } = await parse(bytes)
    expect(errors).toEqual([])
    expect(meta).toMatchObject({
      delimiter: ';',
      mapping: { dataset: 'transactions', positiveMeans: 'out', dateOrder: 'dmy', decimal: '.' },
    })
    const lines = bytes.toString('latin1').trimEnd().split('\n')
    const header = (lines[0] ?? '').split(';').map((name) => name.trim())
    const column = (name: string, line: string) => line.split(';')[header.indexOf(name)]?.replaceAll(',', '')
    const rows = lines.slice(1).filter((line) => /[^;\s]/.test(line))
    expect(of('transactions').map(({ fields }) => amount(fields['amount']))).toEqual(
      rows.map((row) => {
        const spent = Number(
          column(header.includes('BILLING GROSS AMT') ? 'BILLING GROSS AMT' : 'ORIGINAL GROSS AMT', row),
        )
        return `${(-spent).toFixed(2)} ${column('BILLING CUR CODE', row) ?? 'GBP'}`
      }),
    )
    expect(of('transactions').map(({ fields }) => fields['category'] ?? '')).toEqual(
      rows.map((row) => column('TRANS CAC DESC 1', row)?.trim() ?? ''),
    )
    expect(of('accounts').every(({ fields }) => fields['kind'] === 'card')).toBe(true)
  },
)

test('what is not UTF-8 in a line reads as windows-1252', async () => {
  const { of } = await parse(fixture('birmingham-pcard/201705.csv'))
  const texts = of('transactions').flatMap(({ fields }) =>
    Object.values(fields).filter((value) => typeof value === 'string'),
  )
  expect(texts.join('')).not.toContain('\uFFFD')
})

test('advertising reports lose their title and total rows', async () => {
  const google = await parse(
    'Campaign report\n"1 January 2026 - 31 January 2026"\nCampaign state,Campaign,Currency code,Budget,Campaign status,Campaign type,Day,Campaign ID,Impr.,Cost,Clicks,Conversions\nEnabled,Spring,USD,40.00,Eligible,Search,2026-01-01,111,"1,234",38.20,161,7.00\nTotal: Campaigns, --,USD, --, --, --, --, --,"1,234",38.20,161,7.00\n',
  )
  expect(google.errors).toEqual([])
  expect(google.of('campaigns')[0]).toMatchObject({
    key: { source: 'csv', sourceId: '111' },
    fields: { name: 'Spring', platform: 'Google', status: 'active' },
  })
  expect(
    google.of('adSpend').map(({ line, fields }) => [line, amount(fields['spend']), fields['impressions']]),
  ).toEqual([[4, '38.20 USD', 1234]])
  const meta = await parse(
    'Reporting starts,Reporting ends,Campaign name,Ad set name,Ad name,Amount spent (EUR),Impressions,Reach,Frequency,Link clicks,Results,Purchases,Purchases conversion value\n2026-01-01,2026-01-01,Spring,Set A,Ad 1,12.50,1000,800,1.25,20,3,3,99.00\n',
  )
  expect(meta.of('adSpend')[0]).toMatchObject({
    fields: { revenue: { amount: 9900, currency: 'EUR' }, clicks: 20 },
    references: { campaign: { fields: { name: 'Spring', platform: 'Meta' } } },
  })
})

test('an invoice of several lines in a bookkeeping export is one invoice', async () => {
  const header =
    'ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountDue,Description,LineAmount,Currency,Type,Status'
  const { of, errors } = await parse(
    `${header}\nAcme,INV-1,13/02/2026,15/03/2026,240.00,40.00,0.00,Design,100,GBP,Sales invoice,Paid\nAcme,INV-1,13/02/2026,15/03/2026,240.00,40.00,0.00,Build,100,GBP,Sales invoice,Paid\n`,
  )
  expect(errors).toEqual([])
  expect(of('invoices')).toMatchObject([
    {
      key: { source: 'number', sourceId: 'INV-1' },
      fields: {
        amount: { amount: 24000 },
        taxAmount: { amount: 4000 },
        amountDue: { amount: 0 },
        status: 'paid',
      },
    },
  ])
})

const statement: MappingInput = {
  dataset: 'transactions',
  columns: { Day: 'bookedAt', Text: 'description', Sum: 'amount', Account: 'account.name' },
  dateOrder: 'dmy',
  decimal: ',',
  currency: 'EUR',
}

test('a broken row is reported with its line, field and column; the rows around it land', async () => {
  const { of, errors } = await parse(
    'Day;Text;Sum;Account\n01.02.2026;"a\nb";1,00;Giro\n30.02.2026;c;x;Giro\n\n03.02.2026;"open;2,00;Giro\n04.02.2026;d;;Giro\n05.02.2026;e;5,00;Giro;extra\n06.02.2026;f;6,00;Giro\n',
    { mapping: statement },
  )
  expect(of('transactions').map(({ line, fields }) => [line, fields['description']])).toEqual([
    [2, 'a\nb'],
    [9, 'f'],
  ])
  expect(errors).toEqual([
    {
      kind: 'error',
      line: 4,
      field: 'bookedAt',
      isRejected: true,
      reason:
        '“Day”: “30.02.2026” is no date in the order day, month, year; “Sum”: “x” is no amount written with a decimal comma',
    },
    {
      kind: 'error',
      line: 6,
      isRejected: true,
      reason: 'a quotation mark opens a cell on this line and is never closed',
    },
    { kind: 'error', line: 7, field: 'amount', isRejected: true, reason: 'amount is missing' },
    { kind: 'error', line: 8, isRejected: true, reason: 'the row has 5 cells where the header has 4' },
  ])
})

test('a mapped column that the file lacks is named, with those it has', async () => {
  const { errors } = await parse('Date;Text;Sum\n01.02.2026;a;1,00\n', { mapping: statement })
  expect(errors).toMatchObject([
    { isFatal: true, reason: expect.stringMatching(/no column “Day”.*“Date”, “Text”, “Sum”/) as string },
  ])
})

test('a table that no dataset fits is refused with what is missing', async () => {
  const { errors } = await parse('Colour,Weight\nred,2\nblue,3\n')
  expect(errors).toMatchObject([
    { isFatal: true, reason: expect.stringContaining('Say in a mapping') as string },
  ])
})

test('a country that nobody knows is told once and the row lands without it', async () => {
  const rows = [
    '1,Jo,jo@example.com,Nowhereland',
    '2,Al,al@example.com,Nowhereland',
    '3,Bo,bo@example.com,EIRE',
  ]
  const { of, errors } = await parse(['Customer ID,Name,Email,Country', ...rows].join('\n'), {
    mapping: {
      dataset: 'customers',
      columns: { 'Customer ID': 'id', Name: 'name', Email: 'email', Country: 'country' },
      dateOrder: 'ymd',
      decimal: '.',
    },
  })
  expect(of('customers').map(({ fields }) => fields['country'] ?? null)).toEqual([null, null, 'IE'])
  expect(errors).toMatchObject([{ line: 2, field: 'country', isRejected: false }])
})

test('records that others name by e-mail, tax number, SKU or number have those as keys', async () => {
  const customers = await parse('Customer ID,Name,Email\n7,Jo,Jo@Example.com\n8,Al,\n', {
    mapping: {
      dataset: 'customers',
      columns: { 'Customer ID': 'id', Name: 'name', Email: 'email' },
      dateOrder: 'ymd',
      decimal: '.',
      source: 'crm',
    },
  })
  expect(
    customers
      .of('customers')
      .map(({ key, aliases }) => [key, ...aliases].map((own) => Object.values(own).join(':'))),
  ).toEqual([
    ['email:jo@example.com', 'crm:7', 'name:jo'],
    ['crm:8', 'name:al'],
  ])
})

test('a row of which nothing tells it apart is reported', async () => {
  const { errors, of } = await parse('Name,Email,City\n,,Paris\nJo,,Rome\n', {
    mapping: {
      dataset: 'customers',
      columns: { Name: 'name', Email: 'email', City: 'city' },
      dateOrder: 'ymd',
      decimal: '.',
    },
  })
  expect(of('customers')).toHaveLength(1)
  expect(errors).toMatchObject([
    { line: 2, reason: expect.stringContaining('nothing tells this customer apart') as string },
  ])
})

test('first and last name are joined in the order of the file, however the mapping was stored', async () => {
  const columns = { Email: 'email', 'Last Name': 'name', 'First Name': 'name' }
  const { of } = await parse('First Name,Last Name,Email\nJo,Miller,jo@example.com\n', {
    mapping: { dataset: 'customers', columns, dateOrder: 'ymd', decimal: '.' },
  })
  expect(of('customers')[0]?.fields['name']).toBe('Jo Miller')
})

test('only rows that the mapping wants are read, and a column that it asks for must be there', async () => {
  const mapping: MappingInput = { ...statement, only: { Text: ['Rent'] } }
  const text = 'Day;Text;Sum;Account\n01.02.2026;rent;1,00;Giro\n02.02.2026;Food;2,00;Giro\n'
  expect((await parse(text, { mapping })).of('transactions').map(({ line }) => line)).toEqual([2])
  const { errors } = await parse(text, { mapping: { ...statement, only: { State: ['done'] } } })
  expect(errors).toMatchObject([{ isFatal: true, reason: expect.stringContaining('“State”') as string }])
})

test('a source is closed when its reader stops early', async () => {
  let isClosed = false
  async function* source() {
    try {
      for (;;) yield retail
    } finally {
      isClosed = true
    }
  }
  for await (const item of parseFile(source(), { business })) if (item.kind === 'meta') break
  expect(isClosed).toBe(true)
})
