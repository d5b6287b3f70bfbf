import type { Money } from '@bizq/sdk/contract'
import { negate, parseDecimal, toMoney } from '../decimal.ts'
import { parseDate, toDay } from '../dates.ts'
import { UnreadableFileError, type ParsedItem, type ParsingBusiness, type Reference } from '../parsed-item.ts'
import { cleanLine, quote } from '../text.ts'
import { cutEntries, type CutFile } from '../cut-entries.ts'
import { find, findAll, parseXml, textAt, type XmlElement } from '../xml.ts'
import { accountNumber, openAccount, transactionItem } from './statement.ts'

/** camt.052 (report), 053 (statement) and 054 (notification) of ISO 20022: the element of a message and of a statement in it. */
const messages: Record<string, string> = {
  BkToCstmrAcctRpt: 'Rpt',
  BkToCstmrStmt: 'Stmt',
  BkToCstmrDbtCdtNtfctn: 'Ntfctn',
}

/** Parses bank statements in CAMT of any version. Entries that the bank has not booked are left out. */
export function* parseCamt(text: string, business: ParsingBusiness): Generator<ParsedItem> {
  const file = cutEntries(withoutComments(text), 'Ntry')
  const { root } = parseXml(file.skeleton)
  const [name, message] = Object.entries(root.children).find(([child]) => messages[child]) ?? []
  if (!name || !message?.[0]) {
    throw new UnreadableFileError(
      'This XML holds no camt.052, camt.053 or camt.054 message. Choose another export from the bank.',
    )
  }
  for (const statement of findAll(message[0], messages[name] ?? ''))
    yield* parseStatement(statement, file, business)
}

/** A comment may hold an entry that was taken out. */
function withoutComments(text: string): string {
  return text.includes('<!--')
    ? text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '))
    : text
}

function* parseStatement(
  statement: XmlElement,
  file: CutFile,
  business: ParsingBusiness,
): Generator<ParsedItem> {
  const account = find(statement, 'Acct')
  const code = textAt(account, 'Id', 'IBAN') ?? textAt(account, 'Id', 'Othr', 'Id')
  const runs = findAll(statement, 'Ntry')
  const currency = textAt(account, 'Ccy') ?? firstCurrency(runs, file) ?? business.currency
  const opened = openAccount(
    {
      line: (account ?? statement).line,
      ...(code ? accountNumber(code) : {}),
      name: accountName(account),
      currency,
      ...closingBalance(statement, currency),
    },
    'camt',
  )
  if (!opened) {
    yield {
      kind: 'error',
      line: statement.line,
      field: 'account',
      reason: 'the statement names no account',
      isRejected: true,
    }
    return
  }
  yield opened.item
  for (const { line, text } of runs.flatMap((run) => [...file.rowsOf(run)])) {
    const item = readRow(text, line, opened.reference)
    if (item) yield item
  }
}

/** A statement without a currency of its own is in that of its first entry. */
function firstCurrency(runs: XmlElement[], file: CutFile): string | undefined {
  const [first] = runs.flatMap((run) => file.rowsOf(run).next().value ?? [])
  return first && /<(?:[\w.-]+:)?Amt\s+Ccy="([A-Z]{3})"/.exec(first.text)?.[1]
}

/** One entry, parsed by itself: if its markup is broken the others still land. */
function readRow(text: string, line: number, account: Reference): ParsedItem | undefined {
  try {
    return readEntry(parseXml(text, line).root, account)
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    return { kind: 'error', line: error.line, reason: error.message, isRejected: true }
  }
}

function accountName(account: XmlElement | undefined): string | undefined {
  const name = textAt(account, 'Nm')
  return name && cleanLine(name)
}

function currencyOf(entry: XmlElement): string | undefined {
  return find(entry, 'Amt')?.attributes['Ccy']
}

/** The booked closing balance in the account's currency, if the statement has one. */
function closingBalance(statement: XmlElement, currency: string): { balance?: Money; balanceAt?: string } {
  const balances = findAll(statement, 'Bal')
  for (const type of ['CLBD', 'ITBD', 'CLAV', 'ITAV']) {
    for (const balance of balances) {
      if (textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') !== type || currencyOf(balance) !== currency) continue
      const amount = moneyOf(balance)
      const day = dayOf(find(balance, 'Dt'))
      if (amount && day) return { balance: amount, balanceAt: day }
    }
  }
  return {}
}

/** The signed amount of an entry or balance. */
export function moneyOf(element: XmlElement): Money | undefined {
  const amount = find(element, 'Amt')
  const value = amount && parseDecimal(amount.text, '.')
  const currency = amount?.attributes['Ccy']
  if (!value || !currency) return undefined
  return toMoney(textAt(element, 'CdtDbtInd') === 'DBIT' ? negate(value) : value, currency)
}

function dayOf(element: XmlElement | undefined): string | undefined {
  const date = textAt(element, 'Dt') ?? textAt(element, 'DtTm')
  const parsed = date && parseDate(date.slice(0, 10), 'ymd')
  return parsed ? toDay(parsed) : undefined
}

function readEntry(entry: XmlElement, account: Reference): ParsedItem | undefined {
  const status = textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts')
  if (status === 'PDNG' || status === 'INFO' || status === 'FUTR') return undefined
  const broken = (field: string, reason: string): ParsedItem => ({
    kind: 'error',
    line: entry.line,
    field,
    reason,
    isRejected: true,
  })
  const amount = moneyOf(entry)
  if (!amount) return broken('amount', `${quote(textAt(entry, 'Amt') ?? '')} is no amount with a currency`)
  const valueAt = dayOf(find(entry, 'ValDt'))
  const bookedAt = dayOf(find(entry, 'BookgDt')) ?? valueAt
  if (!bookedAt) return broken('bookedAt', 'the entry has neither a booking date nor a value date')
  const details = findAll(entry, 'NtryDtls', 'TxDtls')
  const reference = given(textAt(entry, 'AcctSvcrRef'))
  return transactionItem(
    {
      line: entry.line,
      id: reference,
      bookedAt,
      valueAt,
      amount,
      ...(details.length === 1 ? readDetails(details[0], amount.amount >= 0) : {}),
      ...describe(entry, details),
    },
    account,
    'camt',
  )
}

/** The other side of a payment: who paid, if money came in, else who was paid. */
function readDetails(details: XmlElement | undefined, isIn: boolean) {
  const parties = find(details, 'RltdPties')
  const role = isIn ? 'Dbtr' : 'Cdtr'
  const party = find(parties, role)
  const name = textAt(party, 'Nm') ?? textAt(party, 'Pty', 'Nm') ?? textAt(parties, `Ultmt${role}`, 'Nm')
  return {
    counterpartyText: name && cleanLine(name),
    counterpartyIban:
      textAt(parties, `${role}Acct`, 'Id', 'IBAN') ?? textAt(parties, `${role}Acct`, 'Id', 'Othr', 'Id'),
    reference:
      textAt(details, 'RmtInf', 'Strd', 'CdtrRefInf', 'Ref') ?? given(textAt(details, 'Refs', 'EndToEndId')),
  }
}

function describe(entry: XmlElement, details: XmlElement[]): { description?: string } {
  const parts = details.flatMap((one) => [
    ...findAll(one, 'RmtInf', 'Ustrd').map(({ text }) => text),
    ...findAll(one, 'RmtInf', 'Strd', 'AddtlRmtInf').map(({ text }) => text),
    textAt(one, 'AddtlTxInf'),
  ])
  const words = [...new Set([...parts, textAt(entry, 'AddtlNtryInf')].filter((part) => part))].join(' ')
  return words ? { description: cleanLine(words) } : {}
}

/** A reference that is one: banks write NOTPROVIDED where there is none. */
function given(reference: string | undefined): string | undefined {
  return reference && !/^(?:NOTPROVIDED|NONREF|NOREF|0+)$/i.test(reference) ? reference : undefined
}
