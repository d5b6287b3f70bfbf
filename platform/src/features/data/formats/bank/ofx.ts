import { parseDate, toDay } from '../dates.ts'
import { inferDecimalMark, parseDecimal, toMoney, type DecimalMark } from '../decimal.ts'
import { UnreadableFileError, type ParsedItem, type ParsingBusiness, type Reference } from '../parsed-item.ts'
import { cleanLine, quote } from '../text.ts'
import { find, findAll, parseXml, textAt, type XmlElement } from '../xml.ts'
import { cutEntries } from '../cut-entries.ts'
import { closeTags } from './ofx-sgml.ts'
import { accountNumber, openAccount, transactionItem, type StatementAccount } from './statement.ts'

/** Where statements stand in OFX 1.x and 2.x: bank, card and investment accounts. */
const responses = [
  {
    path: ['BANKMSGSRSV1', 'STMTTRNRS'],
    statement: 'STMTRS',
    account: 'BANKACCTFROM',
    list: ['BANKTRANLIST', 'STMTTRN'],
  },
  {
    path: ['CREDITCARDMSGSRSV1', 'CCSTMTTRNRS'],
    statement: 'CCSTMTRS',
    account: 'CCACCTFROM',
    list: ['BANKTRANLIST', 'STMTTRN'],
  },
  {
    path: ['INVSTMTMSGSRSV1', 'INVSTMTTRNRS'],
    statement: 'INVSTMTRS',
    account: 'INVACCTFROM',
    list: ['INVTRANLIST', 'INVBANKTRAN', 'STMTTRN'],
  },
] as const

/** Parses OFX and QFX statements. Of an investment account its cash movements are transactions; trades are not. */
export function* parseOfx(text: string, business: ParsingBusiness): Generator<ParsedItem> {
  const file = cutEntries(text, 'STMTTRN')
  const { xml, problems } = closeTags(file.skeleton)
  const { root } = parseXml(xml)
  const mark = inferDecimalMark(amountsIn(text)) ?? '.'
  for (const problem of problems) yield { kind: 'error', ...problem, isRejected: false }
  for (const status of refusals(root)) yield status
  let statements = 0
  for (const { path, statement, account, list } of responses) {
    for (const response of findAll(root, ...path)) {
      for (const found of findAll(response, statement)) {
        statements++
        const rows = findAll(found, ...list).flatMap((run) => [...file.rowsOf(run)])
        yield* parseStatement(found, find(found, account), rows, { business, mark })
      }
    }
  }
  if (statements === 0 && refusals(root).length === 0) {
    yield {
      kind: 'error',
      line: root.line,
      reason: 'the file holds no statement of any account',
      isRejected: false,
    }
  }
}

export function ofxText(decoded: string): string {
  const start = decoded.search(/<OFX[\s>]/i)
  if (start === -1)
    throw new UnreadableFileError('The file has no <OFX> element. Export it again as OFX or QFX.')
  return decoded.slice(0, start).replace(/[^\n]/g, ' ') + decoded.slice(start)
}

/** What the bank's server answered instead of a statement. */
function refusals(root: XmlElement): ParsedItem[] {
  const places = [['SIGNONMSGSRSV1', 'SONRS', 'STATUS'], ...responses.map(({ path }) => [...path, 'STATUS'])]
  return places
    .flatMap((path) => findAll(root, ...path))
    .filter((status) => textAt(status, 'SEVERITY') === 'ERROR')
    .map((status) => ({
      kind: 'error' as const,
      line: status.line,
      reason: `the bank answered with error ${textAt(status, 'CODE') ?? ''}: ${textAt(status, 'MESSAGE') ?? 'no reason given'}. Download the statement again`,
      isRejected: false,
    }))
}

function* parseStatement(
  statement: XmlElement,
  account: XmlElement | undefined,
  rows: { line: number; text: string }[],
  { business, mark }: { business: ParsingBusiness; mark: DecimalMark },
): Generator<ParsedItem> {
  const currency = textAt(statement, 'CURDEF') ?? business.currency
  const number = textAt(account, 'ACCTID')
  const origin = `ofx:${textAt(account, 'BANKID') ?? textAt(account, 'BROKERID') ?? ''}`
  const { balance, problem } = readBalance(statement, currency)
  if (problem) yield problem
  const opened =
    number &&
    openAccount(
      {
        line: account?.line ?? statement.line,
        ...accountNumber(number),
        kind: kindOf(account),
        currency,
        ...balance,
      },
      origin,
    )
  if (!opened) {
    yield {
      kind: 'error',
      line: statement.line,
      field: 'account',
      reason: 'the statement names no account (ACCTID)',
      isRejected: true,
    }
    return
  }
  yield opened.item
  for (const row of rows) yield readRow(row, opened.reference, { currency, mark, origin })
}

function kindOf(account: XmlElement | undefined): StatementAccount['kind'] {
  if (find(account, 'BROKERID')) return 'other'
  const type = textAt(account, 'ACCTTYPE')?.toUpperCase()
  if (type === undefined) return 'card'
  if (type === 'SAVINGS' || type === 'MONEYMRKT' || type === 'CD') return 'savings'
  return type === 'CREDITLINE' ? 'loan' : 'bank'
}

function readBalance(statement: XmlElement, currency: string) {
  const ledger = find(statement, 'LEDGERBAL')
  const cash = textAt(statement, 'INVBAL', 'AVAILCASH')
  const amount = textAt(ledger, 'BALAMT') ?? cash
  const day = textAt(ledger, 'DTASOF') ?? textAt(statement, 'DTASOF')
  if (amount === undefined) return {}
  const value = parseDecimal(amount, inferDecimalMark([amount]) ?? '.')
  const date = day && parseDate(day.slice(0, 8), 'ymd')
  const balance = value && toMoney(value, currency)
  if (balance && date) return { balance: { balance, balanceAt: toDay(date) } }
  const line = (ledger ?? statement).line
  const reason = `the balance ${quote(amount)} of ${quote(day ?? '')} cannot be read`
  return {
    problem: { kind: 'error', line, field: 'balance', reason, isRejected: false } satisfies ParsedItem,
  }
}

/** Enough amounts to tell a decimal comma. */
function amountsIn(text: string): string[] {
  const found: string[] = []
  for (const match of text.matchAll(/<TRNAMT>([^<\n]*)/gi)) {
    found.push(match[1] ?? '')
    if (found.length === 500) break
  }
  return found
}

/** One row, parsed by itself: if its markup is broken the others still land. */
function readRow(
  { line, text }: { line: number; text: string },
  account: Reference,
  reading: Reading,
): ParsedItem {
  try {
    const { xml, problems } = closeTags(text)
    const [problem] = problems
    if (problem)
      return { kind: 'error', line, reason: 'the row is not closed (</STMTTRN>)', isRejected: true }
    return readEntry(parseXml(xml, line).root, account, reading)
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    return { kind: 'error', line: error.line, reason: error.message, isRejected: true }
  }
}

interface Reading {
  currency: string
  mark: DecimalMark
  origin: string
}

function readEntry(entry: XmlElement, account: Reference, { currency, mark, origin }: Reading): ParsedItem {
  const broken = (field: string, reason: string): ParsedItem => ({
    kind: 'error',
    line: entry.line,
    field,
    reason,
    isRejected: true,
  })
  const figures = textAt(entry, 'TRNAMT')
  if (figures === undefined) return broken('amount', 'the row has no amount (TRNAMT)')
  const value = parseDecimal(figures, mark)
  // CURRENCY says in which currency TRNAMT is (OFX 5.2); ORIGCURRENCY only where it was spent.
  const amount = value && toMoney(value, textAt(entry, 'CURRENCY', 'CURSYM') ?? currency)
  if (!amount) return broken('amount', `${quote(figures)} is no amount (TRNAMT)`)
  const posted = textAt(entry, 'DTPOSTED')
  if (posted === undefined) return broken('bookedAt', 'the row has no date (DTPOSTED)')
  const date = parseDate(posted.slice(0, 8), 'ymd')
  if (!date) return broken('bookedAt', `${quote(posted)} is no date (DTPOSTED)`)
  const available = parseDate((textAt(entry, 'DTAVAIL') ?? '').slice(0, 8), 'ymd')
  const name = textAt(entry, 'NAME') ?? textAt(entry, 'PAYEE', 'NAME')
  const memo = textAt(entry, 'MEMO')
  return transactionItem(
    {
      line: entry.line,
      id: textAt(entry, 'FITID'),
      bookedAt: toDay(date),
      valueAt: available && toDay(available),
      amount,
      counterpartyText: name && cleanLine(name),
      counterpartyIban: textAt(entry, 'BANKACCTTO', 'ACCTID'),
      description: cleanLine(memo ?? name ?? textAt(entry, 'TRNTYPE') ?? ''),
      reference: [textAt(entry, 'CHECKNUM'), textAt(entry, 'REFNUM')].find(
        (number) => number && !/^0+$/.test(number),
      ),
    },
    account,
    origin,
  )
}
