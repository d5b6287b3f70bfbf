import { expect, test } from 'vitest'
import type { Money } from '@bizq/sdk/contract'
import { amount, fixture, fixtures, parse } from '../testing/fixture.ts'
import { readBalance } from './mt940.ts'

const statements = ['betterplace', 'jejik'].flatMap((folder) => fixtures(`bank-mt940/${folder}`, /\.sta$/))

/** The amounts that another parser dumped, read as text: the dumps carry objects that must not be loaded. */
function expectedAmounts(path: string): number[] {
  const dump = fixture(path.replace('.sta', '.yml.gz')).toString()
  const transactions = dump.slice(dump.search(/^transactions:/m))
  const found = transactions.matchAll(/^ {4}amount: .*\n {6}amount: .*Decimal \['(-?[\d.]+)'\]/gm)
  return [...found].map((match) => Math.round(Number(match[1]) * 100))
}

test.each(statements)('%s moves the amounts that another parser reads in it', async (path) => {
  const { meta, errors, of } = await parse(fixture(path))
  expect(meta?.format).toBe('mt940')
  expect(errors.filter(({ isRejected }) => isRejected)).toEqual([])
  const lines = fixture(path).toString('latin1').split(/\r?\n/)
  const moved = of('transactions').map(({ line, fields }) => {
    const { amount } = fields['amount'] as Money
    // The other parser takes reversals (RC, RD) for what they reverse; the balances of the statement say otherwise.
    return /^:61:\d{6}(?:\d{4})?R/.test(lines[line - 1] ?? '') ? -amount : amount
  })
  expect(moved).toEqual(expectedAmounts(path))
})

test.each(
  fixture('bank-mt940/betterplace/sepa_mt9401.sta')
    .toString()
    .split(/^(?=:20:)/m)
    .filter(Boolean),
)('the rows of a statement come to the difference of its balances: %#', async (statement) => {
  const balance = (tag: string) =>
    readBalance(new RegExp(`^:${tag}:(.*)`, 'm').exec(statement)?.[1] ?? '')?.money.amount ?? Number.NaN
  const { of } = await parse(statement)
  const moved = of('transactions').reduce((sum, { fields }) => sum + (fields['amount'] as Money).amount, 0)
  expect(moved).toBe(balance('62[FM]') - balance('60[FM]'))
})

test.each(fixture('bank-mt940/betterplace/amount_formats.sta').toString().trim().split(/\r?\n/))(
  'the balance %s reads',
  (line) => {
    const balance = readBalance(line.replace(':60F:', ''))
    const [whole = '', cents = ''] = line.slice(line.indexOf('EUR') + 3).split(',')
    expect(balance).toEqual({
      day: '2010-03-18',
      money: { amount: Number(whole) * 100 + Number(cents.padEnd(2, '0')), currency: 'EUR' },
    })
  },
)

test('the last balance of an account is the newest, not that of the last statement', async () => {
  const { of } = await parse(fixture('bank-mt940/jejik/generic.sta'))
  expect(of('accounts').at(-1)?.fields).toMatchObject({
    balance: { amount: 8000, currency: 'EUR' },
    balanceAt: '2011-03-01',
  })
})

test('German banks number the parts of a purpose, Dutch banks name them', async () => {
  const german = await parse(fixture('bank-mt940/betterplace/sepa_snippet.sta'))
  expect(german.of('transactions')[0]?.fields).toMatchObject({
    bookedAt: '2007-09-04',
    valueAt: '2007-09-07',
    counterpartyText: 'KARL KAUFMANN',
    counterpartyIban: 'DE14508800500194785000',
    reference: '0724710333343453',
  })
  const dutch = await parse(fixture('bank-mt940/jejik/rabobank-iban.sta'))
  expect(dutch.of('transactions')[1]).toMatchObject({
    references: { account: { key: { source: 'iban', sourceId: 'NL71RABO0123456789' } } },
    fields: { counterpartyText: 'JOHN DOE', description: 'Reference 201301234' },
  })
})

test('a broken row is reported with its line and the others land', async () => {
  const text =
    ':20:X\n:25:NL71RABO0123456789\n:60F:C260101EUR0,00\n:61:2601020102D10,00NTRFNONREF\n:86:Rent\n:61:26AB02D1,00NTRF\n:61:2601320102D1,00NTRFNONREF\n:61:2601030103C5,NTRFNONREF\n:62F:C260103EUR5,00\n-\n'
  const { of, errors } = await parse(text)
  expect(of('transactions').map(({ fields }) => amount(fields['amount']))).toEqual(['-10.00 EUR', '5.00 EUR'])
  expect(errors).toMatchObject([
    { line: 6, field: 'amount', isRejected: true },
    { line: 7, field: 'bookedAt', isRejected: true },
  ])
})

test('an entry in January of a value date in December falls in the next year', async () => {
  const { of } = await parse(':20:X\n:25:1\n:60F:C251230EUR0,00\n:61:2512310102C1,00NTRFNONREF\n')
  expect(of('transactions')[0]?.fields).toMatchObject({ valueAt: '2025-12-31', bookedAt: '2026-01-02' })
})

test('a reversed credit is money out', async () => {
  const { of } = await parse(
    ':20:X\n:25:1\n:60F:C260101EUR0,00\n:61:260102RC7,00NTRFNONREF\n:61:260102RD8,00NTRFNONREF\n',
  )
  expect(of('transactions').map(({ fields }) => amount(fields['amount']))).toEqual(['-7.00 EUR', '8.00 EUR'])
})
