import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import type { MappingInput } from '../csv/mapping.ts'
import { amount, fixture, parse, type Parsed } from '../testing/fixture.ts'

function rows({ of }: Parsed): string[] {
  return of('transactions').map(({ fields }) => `${amount(fields['bookedAt'])} ${amount(fields['amount'])}`)
}

test.each([
  ['20171001-20171106.csv', 'de-n26', ['2017-10-01 -59.99 EUR']],
  ['20180226_12345678.csv', 'uk-first-direct', ['2018-02-10 -5.00 GBP']],
  ['MonzoDataExport_February2018_2018-02-26_174335.csv', 'uk-monzo', ['2018-02-25 -10.00 GBP']],
  ['Umsaetze_KtoNr538917600_EUR_02-03-2018_1503.CSV', 'de-commerzbank', ['2018-03-02 -17.22 EUR']],
  ['dba33fceecd62c3c727893361e0ba4d3.P000000027355791.csv', 'sg-posb', ['2018-02-27 -7.80 SGD']],
  ['statement_1.csv', 'uk-barclaycard', ['2018-02-10 -20.59 GBP']],
  ['TH_20180521-20180523.csv', 'cz-ceska-sporitelna', ['1111-11-11 -111.11 CZK']],
  [
    'export_KBC-Mastercard Business Essential_20200204_1604.csv',
    'be-kbc-card',
    ['2020-02-03 -16.52 EUR', '2020-01-24 35.77 EUR', '2020-01-02 -16.52 EUR'],
  ],
  [
    '2019-03-02_11-50-46_bunq-statement.csv',
    'nl-bunq',
    [
      '2018-12-06 -8.78 EUR',
      '2018-12-07 -7.08 EUR',
      '2018-12-06 8.78 EUR',
      '2018-12-06 -8.76 EUR',
      '2018-12-07 7.08 EUR',
      '2018-12-07 -7.07 EUR',
    ],
  ],
])('%s is known as %s from its columns', async (name, layout, wanted) => {
  const parsed = await parse(fixture(`bank-csv/${name}`))
  expect(parsed.meta).toMatchObject({ format: 'bank-csv', layout })
  expect(parsed.errors).toEqual([])
  expect(rows(parsed).slice(0, wanted.length)).toEqual(wanted)
  expect(parsed.of('accounts')).toHaveLength(1)
})

test.each(['TH_20180101-20180523_page_1.csv', 'TH_20180101-20180523_strana_1.csv'])(
  '%s is windows-1250',
  async (name) => {
    const parsed = await parse(fixture(`bank-csv/${name}`))
    expect(parsed.meta).toMatchObject({ layout: 'cz-ceska-sporitelna', encoding: 'windows-1250' })
    expect(parsed.errors).toEqual([])
    expect(parsed.of('transactions')).toHaveLength(9)
  },
)

test('Bank of Ireland writes debit and credit in columns of their own, and a balance on some rows', async () => {
  const parsed = await parse(fixture('bank-csv/test_BOI_TransactionExport.csv'))
  expect(parsed.meta?.layout).toBe('ie-bank-of-ireland')
  expect(rows(parsed).slice(0, 3)).toEqual([
    '2017-09-01 428.03 GBP',
    '2017-09-01 29.50 GBP',
    '2017-09-01 -512.00 GBP',
  ])
  expect(parsed.of('transactions')).toHaveLength(27)
  expect(parsed.of('accounts')[0]?.fields).toMatchObject({
    balance: { amount: 10000, currency: 'GBP' },
    balanceAt: '2017-09-28',
  })
})

test.each([
  'test_raiffeisen_01.csv',
  'test_raiffeisen_02.csv',
  'test_regex_123456_87654321_1234_21_12.csv',
  'test_row_format_neg_inflow.csv',
])('%s has no header and is known by what its columns hold; its one broken row is reported', async (name) => {
  const parsed = await parse(fixture(`bank-csv/${name}`))
  expect(parsed.meta).toMatchObject({ layout: 'at-raiffeisen', mapping: { headerLine: null, decimal: ',' } })
  expect(parsed.of('transactions')).toHaveLength(73)
  expect(rows(parsed).slice(0, 2)).toEqual(['2017-09-18 -33.87 EUR', '2017-09-18 -23.55 EUR'])
  expect(parsed.errors).toMatchObject([{ line: 71, field: 'bookedAt', isRejected: true }])
})

const inOut = (columns: Record<string, string>, extra: Partial<MappingInput> = {}): MappingInput => ({
  dataset: 'transactions',
  columns: { 'Column 1': 'bookedAt', 'Column 2': 'description', ...columns },
  constants: { 'account.name': 'Giro' },
  currency: 'EUR',
  dateOrder: 'dmy',
  decimal: ',',
  headerLine: null,
  ...extra,
})

test.each([
  ['test_row_format_default.csv', inOut({ 'Column 4': 'amountIn', 'Column 5': 'amountOut' }), '-33.87 EUR'],
  ['test_delimiter_tab.csv', inOut({ 'Column 4': 'amountOut', 'Column 5': 'amountIn' }), '33.87 EUR'],
  [
    'test_row_format_CD_flag.csv',
    inOut({ 'Column 4': 'amount', 'Column 5': 'direction' }, { outMarks: ['O'] }),
    '-33.87 EUR',
  ],
] as const)('%s is read as its mapping says', async (name, mapping, first) => {
  const parsed = await parse(fixture(`bank-csv/${name}`), { mapping })
  expect(parsed.of('transactions')).toHaveLength(73)
  expect(rows(parsed)[0]).toBe(`2017-09-18 ${first}`)
  expect(parsed.errors).toHaveLength(1)
})

test('a bank that is not known is guessed from its header, and its footer reported', async () => {
  const parsed = await parse(fixture('bank-csv/test_headers.csv'))
  expect(parsed.meta).toMatchObject({
    format: 'csv',
    mapping: {
      dataset: 'transactions',
      columns: { Date: 'bookedAt', Payee: 'counterpartyText', Inflow: 'amount', Currency: 'currency' },
    },
  })
  expect(parsed.of('transactions')).toHaveLength(73)
  expect(parsed.errors.map(({ line }) => line)).toEqual([72, 76, 77])
})

test.each([
  ['forward', ['2026-01-01,a,1.00,101.00', '2026-01-01,b,2.00,103.00', '2026-01-01,c,-3.00,100.00'], 10000],
  ['backward', ['2026-01-01,c,-3.00,100.00', '2026-01-01,b,2.00,103.00', '2026-01-01,a,1.00,101.00'], 10000],
  ['forward over days', ['2026-01-01,a,1.00,101.00', '2026-01-02,b,2.00,103.00'], 10300],
  ['backward over days', ['2026-01-02,b,2.00,103.00', '2026-01-01,a,1.00,101.00'], 10300],
])('the latest balance is found in a statement that runs %s', async (_, lines, balance) => {
  const { of } = await parse(['Date,Description,Amount,Balance', ...lines].join('\n'))
  expect(of('accounts')[0]?.fields['balance']).toEqual({ amount: balance, currency: 'GBP' })
})

test('a statement in UTF-16 with tabs reads like any other', async () => {
  const text = 'Date\tDescription\tAmount\tBalance\r\n15/01/2026\tRent\t(1,200.00)\t300.00\r\n'
  const parsed = await parse(iconv.encode(text, 'utf-16le', { addBOM: true }), { chunk: 3 })
  expect(parsed.meta).toMatchObject({ encoding: 'utf-16le', delimiter: '\t' })
  expect(rows(parsed)).toEqual(['2026-01-15 -1200.00 GBP'])
})

test('PayPal rows that never moved money are left out', async () => {
  const header =
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Item Title","Subject","Balance","Balance Impact"'
  const row = (status: string, id: string, impact: string) =>
    `"13/01/2026","10:00:00","GMT","Jo","Payment","${status}","EUR","1.010,00","-0,50","1.009,50","a@b.example","c@d.example","${id}","Mug","","1.100,00","${impact}"`
  const parsed = await parse(
    [
      header,
      row('Completed', 'T1', 'Credit'),
      row('Pending', 'T2', 'Memo'),
      row('Completed', 'T3', 'Memo'),
    ].join('\n'),
  )
  expect(parsed.meta?.layout).toBe('paypal')
  expect(rows(parsed)).toEqual(['2026-01-13 1009.50 EUR'])
})

test('a wallet has an account for each currency', async () => {
  const header = 'Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance'
  const row = (amount: string, currency: string, balance: string, state = 'COMPLETED') =>
    `TRANSFER,Current,2026-01-02 10:00:00,2026-01-02 10:00:05,To Jo,${amount},0.50,${currency},${state},${balance}`
  const parsed = await parse(
    [
      header,
      row('-10.00', 'EUR', '90.00'),
      row('-5.00', 'USD', '20.00'),
      row('-1.00', 'EUR', '', 'REVERTED'),
    ].join('\n'),
  )
  expect(parsed.meta?.layout).toBe('revolut')
  expect(rows(parsed)).toEqual(['2026-01-02 -10.50 EUR', '2026-01-02 -5.50 USD'])
  expect(parsed.of('accounts').map(({ fields }) => [fields['name'], amount(fields['balance'])])).toEqual([
    ['Current EUR', '90.00 EUR'],
    ['Current USD', '20.00 USD'],
  ])
})
