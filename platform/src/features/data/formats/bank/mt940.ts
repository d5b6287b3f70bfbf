import type { Money } from '@bizq/sdk/contract'
import { fullYear } from '../dates.ts'
import { negate, parseDecimal, toMoney } from '../decimal.ts'
import {
  UnreadableFileError,
  type ParsedItem,
  type ParsedRecord,
  type ParsingBusiness,
  type Reference,
} from '../parsed-item.ts'
import { cleanLine, quote } from '../text.ts'
import { accountNumber, openAccount, transactionItem } from './statement.ts'
import { readInformation } from './mt940-information.ts'

interface Tag {
  line: number
  name: string
  text: string
}

interface Statement {
  account?: Tag
  balance?: { money: Money; day: string }
  currency?: string
  entries: { tag: Tag; information: string[] }[]
}

/**
 * :61: value date, entry date, mark, funds code, amount, type, references, supplementary details (SWIFT
 * MT940, field 61). Some banks break the line before the amount.
 */
const entryPattern =
  /^(\d{2})(\d{2})(\d{2})(\d{4})?(R?[CD])([A-Z])?\n?([\d.,]{1,20})([A-Z][A-Z0-9 ]{3})?([^\n]{0,80}?)?(?:\/\/([^\n]{0,34}))?(?:\n([\s\S]*))?$/
const balancePattern = /^([CD])(\d{2})(\d{2})(\d{2})([A-Z]{3})([\d.,]{1,20})/

/** Parses MT940 and MT942 statements, with the headers and dialects of the banks. */
export function* parseMt940(text: string, business: ParsingBusiness): Generator<ParsedItem> {
  const tags = readTags(text)
  if (tags.length === 0)
    throw new UnreadableFileError(
      'The file holds no MT940 fields such as :20: or :61:. Choose another format.',
    )
  const statements = readStatements(tags, business)
  const opened = statements.map((statement) => open(statement, business))
  const closing = closingBalances(opened)
  for (const [i, statement] of statements.entries()) {
    const own = opened[i]
    if (!own) continue
    const key = own.reference.key.sourceId
    const account = closing.get(key)
    if (account) yield account.item
    closing.delete(key)
    for (const { tag, information } of statement.entries)
      yield readEntry(tag, information, own.reference, own.currency)
  }
  if (statements.every(({ account, entries }) => !account && entries.length === 0)) {
    yield {
      kind: 'error',
      line: 1,
      reason: 'the file holds no account (:25:) and no row (:61:)',
      isRejected: false,
    }
  }
}

function readTags(text: string): Tag[] {
  const tags: Tag[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const match = /^(?:\{4:)?:(\d{2}[A-Z]?):(.*)$/.exec(line)
    const last = tags.at(-1)
    if (match) tags.push({ line: index + 1, name: match[1] ?? '', text: match[2] ?? '' })
    else if (/^-\}?\s*$/.test(line)) tags.push({ line: index + 1, name: '-', text: '' })
    else if (last && last.name !== '-' && !/^:\d+:?$|^\{/.test(line)) last.text += `\n${line}`
  }
  return tags.filter(({ name }, index) => name !== '-' || index > 0)
}

function readStatements(tags: Tag[], business: ParsingBusiness): Statement[] {
  const statements: Statement[] = []
  let current: Statement = { entries: [] }
  for (const tag of tags) {
    if (tag.name === '20') {
      current = { entries: [] }
      statements.push(current)
    } else {
      if (statements.length === 0) statements.push(current)
      take(current, tag, business)
    }
  }
  return statements
}

function take(statement: Statement, tag: Tag, business: ParsingBusiness) {
  if (/^25[A-Z]?$/.test(tag.name)) statement.account ??= tag
  if (tag.name === '61') statement.entries.push({ tag, information: [] })
  if (tag.name === '86') statement.entries.at(-1)?.information.push(tag.text)
  if (/^6[02][FM]$/.test(tag.name)) {
    const balance = readBalance(tag.text)
    statement.currency ??= balance?.money.currency ?? business.currency
    if (balance && tag.name.startsWith('62')) statement.balance = balance
  }
  if (/^(?:34F|90[CD])$/.test(tag.name))
    statement.currency ??= /[A-Z]{3}/.exec(tag.text)?.[0] ?? business.currency
}

/** A balance of fields 60 to 65: mark, day, currency, amount. */
export function readBalance(text: string): { money: Money; day: string } | undefined {
  const match = balancePattern.exec(text)
  const value = match && parseDecimal(match[6] ?? '', ',')
  if (!match || !value) return undefined
  const money = toMoney(match[1] === 'D' ? negate(value) : value, match[5] ?? '')
  return money && { money, day: `${fullYear(match[2] ?? '')}-${match[3]}-${match[4]}` }
}

interface Opened {
  reference: Reference
  item: ParsedRecord
  currency: string
}

/** The account of a statement. */
function open(statement: Statement, business: ParsingBusiness): Opened | undefined {
  const first = statement.account ?? statement.entries[0]?.tag
  if (!first) return undefined
  const { number, currency: named } = readAccount(statement.account?.text ?? '')
  const currency = statement.currency ?? named ?? business.currency
  const opened = openAccount(
    {
      line: first.line,
      ...accountNumber(number || 'Bank account'),
      ...(number ? {} : { number: undefined, name: 'Bank account' }),
      currency,
      balance: statement.balance?.money,
      balanceAt: statement.balance?.day,
    },
    'mt940',
  )
  return opened && { ...opened, currency }
}

/** Of all statements of an account in a file the newest tells its balance; of several of one day, the last. */
function closingBalances(all: readonly (Opened | undefined)[]): Map<string, Opened> {
  const newest = new Map<string, Opened>()
  for (const opened of all) {
    if (!opened) continue
    const key = opened.reference.key.sourceId
    const before = newest.get(key)
    if (!before || (opened.item.asOf ?? '') >= (before.item.asOf ?? '')) newest.set(key, opened)
  }
  return newest
}

/** `BLZ/account`, `BANK/account`, an IBAN, with the currency behind it at some banks. */
function readAccount(text: string): { number: string; currency?: string } {
  const line = cleanLine(text.split('\n')[0] ?? '')
  const match = /^(.*?\d.*?)\s*([A-Z]{3})?$/.exec(line)
  const number = (match?.[1] ?? line).split('/').at(-1) ?? line
  return match?.[2] ? { number, currency: match[2] } : { number }
}

function readEntry(tag: Tag, information: string[], account: Reference, currency: string): ParsedItem {
  const match = entryPattern.exec(tag.text.trimEnd())
  if (!match) return brokenEntry(tag, 'amount', `${quote(tag.text)} does not read as an MT940 row (:61:)`)
  const [, year = '', month = '', day = '', entryDate, mark = '', , figures = '', , customer, bank, details] =
    match
  const value = parseDecimal(figures, ',')
  const money = value && toMoney(/^(?:D|RC)$/.test(mark) ? negate(value) : value, currency)
  if (!money) return brokenEntry(tag, 'amount', `${quote(figures)} is no amount`)
  const valueAt = `${fullYear(year)}-${month}-${day}`
  const bookedAt = entryDate ? entryDay(valueAt, entryDate) : valueAt
  if (!isDay(valueAt) || !isDay(bookedAt))
    return brokenEntry(tag, 'bookedAt', `${quote(tag.text.slice(0, 10))} is no date`)
  // Rabobank's own form has the other side's name in the columns after the reference.
  const [own = '', name] = (customer ?? '').trim().split(/\s{3,}/)
  const reference = [own, bank?.trim()].find((text) => text && !/^(?:NONREF|[EK]REF\+?)$/.test(text))
  const told = readInformation(information, details)
  const counterpartyText = told.counterpartyText ?? (name && cleanLine(name))
  const entry = { line: tag.line, bookedAt, valueAt, amount: money, reference, ...told, counterpartyText }
  return transactionItem(entry, account, 'mt940')
}

function brokenEntry(tag: Tag, field: string, reason: string): ParsedItem {
  return { kind: 'error', line: tag.line, field, reason, isRejected: true }
}

/** The entry date has no year: it is the one nearest to the value date. */
function entryDay(valueAt: string, monthDay: string): string {
  const value = Date.parse(valueAt)
  const year = Number(valueAt.slice(0, 4))
  const days = [year - 1, year, year + 1].map((y) => `${y}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`)
  return days.reduce(
    (best, day) => (Math.abs(Date.parse(day) - value) < Math.abs(Date.parse(best) - value) ? day : best),
    days[1] ?? valueAt,
  )
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
