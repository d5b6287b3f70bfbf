import { expect, test } from 'vitest'
import type { Money } from '@bizq/sdk/contract'
import { fixture, fixtures, parse } from '../testing/fixture.ts'

interface Expected {
  getEntries: {
    getAmount: { getAmount: string; getCurrency: { getCode: string } }
    getBookingDate: { 0: string } | null
    getValueDate: { 0: string } | null
    getRecord: { getAccount: { getIdentification: string } }
  }[]
}

test.each(fixtures('bank-camt', /\.xml$/))(
  '%s gives the entries that another parser reads in it',
  async (path) => {
    const expected = JSON.parse(fixture(path.replace('.xml', '.json')).toString()) as Expected
    const { meta, errors, of } = await parse(fixture(path))

    expect(meta?.format).toBe('camt053')
    expect(errors).toEqual([])
    const booked = of('transactions').map(({ fields, references }) => ({
      amount: fields['amount'] as Money,
      bookedAt: fields['bookedAt'],
      valueAt: fields['valueAt'] ?? null,
      account: references['account']?.key.sourceId,
    }))
    const wanted = expected.getEntries.map((entry) => ({
      amount: { amount: Number(entry.getAmount.getAmount), currency: entry.getAmount.getCurrency.getCode },
      bookedAt: (entry.getBookingDate ?? entry.getValueDate)?.[0].slice(0, 10),
      valueAt: entry.getValueDate?.[0].slice(0, 10) ?? null,
      account: entry.getRecord.getAccount.getIdentification,
    }))
    // The test files of camt.052.001.04 hold one entry that is pending; it has not moved money yet.
    expect(booked).toEqual(path.includes('camt052.v4') ? [] : wanted)
  },
)

test('an account takes the closing balance that is booked in its own currency', async () => {
  const { of } = await parse(fixture('bank-camt/camt053.v2.all-balance-types.xml'))
  expect(of('accounts')[0]).toMatchObject({
    key: { source: 'iban', sourceId: 'CH2801234000123456789' },
    fields: { balance: { amount: 404, currency: 'EUR' }, balanceAt: '2015-01-22' },
  })
})

test('an entry says who stands on the other side and what for', async () => {
  const { of } = await parse(fixture('bank-camt/camt053.v4.xml'))
  expect(of('transactions')[0]).toMatchObject({
    line: 110,
    key: { source: 'camt:iban:NL26VAYB8060476890', sourceId: 'AAAASESS-FP-CN_98765/01|2014-12-31|885' },
    fields: {
      counterpartyText: 'NAME NAME',
      counterpartyIban: 'NL56AGDH9619008421',
      reference: '4654654654654654',
    },
  })
})

const statement = (entries: string) => `<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Ccy>EUR</Ccy></Acct>
${entries}
</Stmt></BkToCstmrStmt></Document>`
const entry = (amount: string, day: string) =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt></Ntry>`

test('a broken entry is reported with its line and the others land', async () => {
  const { of, errors } = await parse(
    statement([entry('1.00', '2026-01-02'), entry('x', '2026-01-03'), entry('3.00', '')].join('\n')),
  )
  expect(of('transactions').map(({ fields }) => fields['amount'])).toEqual([
    { amount: -100, currency: 'EUR' },
  ])
  expect(errors).toMatchObject([
    { line: 5, field: 'amount', isRejected: true },
    { line: 6, field: 'bookedAt', isRejected: true },
  ])
})

test('entries alike on one day stay apart from each other by their place in the day', async () => {
  const { of } = await parse(statement(entry('1.00', '2026-01-02').repeat(2)))
  const [first, second] = of('transactions')
  expect(first?.key).toEqual(second?.key)
  expect(first?.key).toMatchObject({ group: 'iban:NL26VAYB8060476890|2026-01-02' })
})

test('a document type is refused before anything is parsed', async () => {
  const bomb = `<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&b;</Document>`
  const { items, errors } = await parse(bomb, { format: 'camt053' })
  expect(items.filter(({ kind }) => kind === 'record')).toEqual([])
  expect(errors).toMatchObject([
    { line: 2, isFatal: true, reason: expect.stringContaining('DOCTYPE') as string },
  ])
})

test('XML that was cut off is refused with the line of the fault', async () => {
  const text = statement(entry('1.00', '2026-01-02'))
  const { errors } = await parse(text.slice(0, -40))
  expect(errors).toMatchObject([
    { isFatal: true, reason: expect.stringContaining('XML is broken') as string },
  ])
})

test('a file above 50 MiB is refused', async () => {
  const { errors } = await parse(
    Buffer.concat([Buffer.from(statement('')), Buffer.alloc(51 * 1024 * 1024, 0x20)]),
  )
  expect(errors).toMatchObject([{ isFatal: true, reason: expect.stringContaining('50 MiB') as string }])
})

test('an entry whose markup is broken costs itself and no other', async () => {
  const broken = '<Ntry><Amt Ccy="EUR">2.00</Amt><CdtDbtInd>DBIT</Ntry>'
  const { of, errors } = await parse(
    statement([entry('1.00', '2026-01-02'), broken, entry('3.00', '2026-01-03')].join('\n')),
  )
  expect(of('transactions').map(({ line }) => line)).toEqual([4, 6])
  expect(errors).toMatchObject([
    { line: 5, isRejected: true, reason: expect.stringContaining('XML is broken') as string },
  ])
})

test('elements with a prefix, several statements and a comment read like any other', async () => {
  const text = statement(entry('1.00', '2026-01-02'))
  const one = /<Stmt>[\s\S]*<\/Stmt>/.exec(text)?.[0] ?? ''
  const two = one.replace('NL26VAYB8060476890', 'NL56AGDH9619008421').replace('1.00', '2.00')
  const prefixed = text
    .replace(one, `${one}\n<!-- <Ntry> -->\n${two}`)
    .replace(/<(\/?)(?=[A-Z])/g, '<$1b:')
    .replace('xmlns=', 'xmlns:b=')
  const { of, errors } = await parse(prefixed)
  expect(errors).toEqual([])
  expect(of('transactions').map(({ references }) => references['account']?.key.sourceId)).toEqual([
    'NL26VAYB8060476890',
    'NL56AGDH9619008421',
  ])
})
