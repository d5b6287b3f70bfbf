import { expect, test } from 'vitest'
import { amount, fixture, parse } from '../testing/fixture.ts'

async function summary(path: string) {
  const { meta, of, errors } = await parse(fixture(`bank-ofx/${path}`))
  expect(meta?.format).toBe('ofx')
  return {
    accounts: of('accounts').map(({ fields }) =>
      ['number', 'kind', 'currency', 'balance'].map((name) => amount(fields[name])).join(' '),
    ),
    amounts: of('transactions').map(
      ({ fields }) => `${amount(fields['bookedAt'])} ${amount(fields['amount'])}`,
    ),
    errors: errors.map(({ line, reason }) => `${line}: ${reason}`),
  }
}

test('a statement in SGML without closing tags', async () => {
  expect(await summary('bank_medium.ofx')).toEqual({
    accounts: ['12300 000012345678 bank CAD 382.34 CAD'],
    amounts: ['2009-04-01 -6.60 CAD', '2009-04-02 -316.67 CAD', '2009-04-03 -22.00 CAD'],
    errors: [],
  })
})

test('a statement in SGML over many lines', async () => {
  expect(await summary('checking.ofx')).toEqual({
    accounts: ['1452687~7 bank USD 100.99 USD'],
    amounts: ['2011-03-31 0.01 USD', '2011-04-05 -34.51 USD', '2011-04-07 -25.00 USD'],
    errors: [],
  })
})

test('several accounts in XML', async () => {
  expect(await summary('multiple_accounts.ofx')).toEqual({
    accounts: ['9100 bank USD 111.00 USD', '9200 savings USD 222.00 USD'],
    amounts: [],
    errors: [],
  })
})

test.each([
  ['fidelity.ofx', 3],
  ['investment_medium.ofx', 3],
  ['investment_401k.ofx', 0],
  ['vanguard.ofx', 0],
  ['vanguard401k.ofx', 0],
])('%s is an investment account with %d movements of cash', async (path, movements) => {
  const { accounts, amounts, errors } = await summary(path)
  expect(accounts).toHaveLength(1)
  expect(accounts[0]).toContain(' other ')
  expect(amounts).toHaveLength(movements)
  expect(errors).toEqual([])
})

test.each([
  ['error_message.ofx', /^22: the bank answered with error 2000: General Server Error/],
  ['signon_fail.ofx', /^11: the bank answered with error 15500: Your request could not be processed/],
  ['signon_success.ofx', /^11: the file holds no statement/],
  ['signon_success_no_message.ofx', /^11: the file holds no statement/],
  ['bank_small.ofx', /^11: the file holds no statement/],
])('%s holds no statement and says why', async (path, reason) => {
  const { accounts, amounts, errors } = await summary(path)
  expect([...accounts, ...amounts]).toEqual([])
  expect(errors).toEqual([expect.stringMatching(reason)])
})

const row = (parts: string) => `<STMTTRN><TRNTYPE>DEBIT${parts}</STMTTRN>\n`
const sgml = (rows: string, balance = '<LEDGERBAL><BALAMT>10.00<DTASOF>20260131</LEDGERBAL>') =>
  `OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>42<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\n${rows}</BANKTRANLIST>${balance}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n`

test('rows without a date, without an amount or with a broken one are reported with their line and the rest lands', async () => {
  const { of, errors } = await parse(
    sgml(
      row('<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1<NAME>A & B') +
        row('<TRNAMT>-2.00<FITID>2') +
        row('<DTPOSTED>2026<TRNAMT>-3.00<FITID>3') +
        row('<DTPOSTED>20260104<TRNAMT>abc<FITID>4') +
        row('<DTPOSTED>20260105<FITID>5') +
        row('<DTPOSTED>20260106120000[-5:EST]<TRNAMT>-6,50<FITID>6<MEMO>Café <b> x'),
    ),
  )
  expect(
    of('transactions').map(({ line, fields }) => [
      line,
      fields['counterpartyText'] ?? null,
      amount(fields['amount']),
    ]),
  ).toEqual([[8, 'A & B', '-1.00 USD']])
  expect(errors.map(({ line, field }) => [line, field])).toEqual([
    [9, 'bookedAt'],
    [10, 'bookedAt'],
    [11, 'amount'],
    [12, 'amount'],
    [13, 'amount'],
  ])
})

test('a decimal comma is read where all amounts have it', async () => {
  const { of } = await parse(
    sgml(row('<DTPOSTED>20260102<TRNAMT>-1,50<FITID>1') + row('<DTPOSTED>20260102<TRNAMT>-1.200,50<FITID>2')),
  )
  expect(of('transactions').map(({ fields }) => amount(fields['amount']))).toEqual([
    '-1.50 USD',
    '-1200.50 USD',
  ])
})

test('an empty balance is reported and the rows land', async () => {
  const { of, errors } = await parse(
    sgml(row('<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1'), '<LEDGERBAL><BALAMT>x<DTASOF>20260131</LEDGERBAL>'),
  )
  expect(of('transactions')).toHaveLength(1)
  expect(errors).toMatchObject([{ field: 'balance', isRejected: false }])
})

test('a file that was cut off gives the rows before the cut and says where it ends', async () => {
  const text = sgml(
    row('<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1') + row('<DTPOSTED>20260103<TRNAMT>-2.00<FITID>2'),
  )
  const { of, errors } = await parse(text.slice(0, text.indexOf('</STMTTRN>') + 10))
  expect(of('transactions')).toHaveLength(1)
  expect(errors).toMatchObject([
    { isRejected: false, reason: expect.stringContaining('ends inside') as string },
  ])
})

test('an id that the bank used again for another row does not make the two one', async () => {
  const { of } = await parse(
    sgml(row('<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1') + row('<DTPOSTED>20260202<TRNAMT>-9.00<FITID>1')),
  )
  const ids = of('transactions').map(({ key }) => ('sourceId' in key ? key.sourceId : ''))
  expect(new Set(ids).size).toBe(2)
})

test('windows-1252 is read where the file is not UTF-8', async () => {
  const { of } = await parse(
    Buffer.from(sgml(row('<DTPOSTED>20260102<TRNAMT>-1.00<FITID>1<NAME>Caf\u00e9')), 'latin1'),
  )
  expect(of('transactions')[0]?.fields['counterpartyText']).toBe('Café')
})
