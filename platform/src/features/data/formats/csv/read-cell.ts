import type { DateOrder } from '../dates.ts'
import { parseDate, toInstant, toLocalDay } from '../dates.ts'
import { parseDecimal, toNumber, type Decimal, type DecimalMark } from '../decimal.ts'
import { parseCountry } from '../country.ts'
import type { FieldValue } from '../parsed-item.ts'
import { cleanLine, cleanText, quote } from '../text.ts'
import { parseBoolean, parseLabel } from './labels.ts'
import type { Target } from './targets.ts'

interface Reading {
  dateOrder: DateOrder
  decimal: DecimalMark
  timeZone: string
}

/** A value, an exact amount whose currency the row decides, or why the cell holds neither. */
type Cell = { value: FieldValue } | { decimal: Decimal } | { problem: string; isHarmless?: boolean }

const orders = { ymd: 'year, month, day', dmy: 'day, month, year', mdy: 'month, day, year' }
/** What exports write where there is nothing. */
export const nothing = /^(?:-{1,3}|n\/?a|null|#n\/a|∅)$/i

/** Whether a cell of this target says nothing: blank, or a sign for nothing where no text can be meant. */
export function isEmptyCell(target: Target, cell: string): boolean {
  if (cell === '') return true
  return target.kind !== 'text' && nothing.test(cell)
}

/** Reads a filled cell as its target wants it. */
export function readCell(target: Target, cell: string, reading: Reading): Cell {
  switch (target.kind) {
    case 'money':
      return readDecimal(cell, reading)
    case 'quantity':
      return readQuantity(cell, reading)
    case 'rate':
      return readRate(cell, reading)
    case 'date':
    case 'timestamp':
      return readDate(cell, target.kind, reading)
    case 'boolean':
      return orProblem(parseBoolean(cell), `${quote(cell)} is neither yes nor no`)
    case 'enum':
      return readEnum(target, cell)
    case 'currency':
      return readCurrency(cell)
    case 'country': {
      const value = parseCountry(cell)
      return value ? { value } : { problem: `${quote(cell)} is no country that we know`, isHarmless: true }
    }
    case 'extra':
      return readExtra(target.name, cell, reading)
    case 'identifier':
    case 'code':
      return { value: plainCode(cell) }
    case 'email':
      return { value: cleanLine(cell).replace(/^mailto:/i, '') }
    case 'iban':
    case 'taxNumber':
      return { value: cleanLine(cell).replace(/^'/, '') }
    case 'text':
      return { value: cleanText(cell) }
    case 'place':
      return { value: cleanLine(target.name === 'postcode' ? cell.replace(/^'/, '') : cell) }
    default:
      return { value: cleanLine(cell).replace(/^'(?=[\d+])/, '') }
  }
}

/** Spreadsheets turn the number 17850 into 17850.0 and mark numbers that are text with an apostrophe. */
function plainCode(cell: string): string {
  const code = cleanLine(cell)
    .replace(/^'/, '')
    .replace(/^="(.*)"$/, '$1')
  return /^\d+\.0+$/.test(code) ? code.replace(/\.0+$/, '') : code
}

function orProblem(value: FieldValue | undefined, problem: string): Cell {
  return value === undefined ? { problem } : { value }
}

function readDecimal(cell: string, { decimal }: Reading): Cell {
  const value = parseDecimal(cell, decimal)
  const mark = decimal === '.' ? 'a decimal point' : 'a decimal comma'
  return value ? { decimal: value } : { problem: `${quote(cell)} is no amount written with ${mark}` }
}

function readQuantity(cell: string, { decimal }: Reading): Cell {
  const value = parseDecimal(cell, decimal)
  return value ? { value: toNumber(value) } : { problem: `${quote(cell)} is no number` }
}

function readRate(cell: string, { decimal }: Reading): Cell {
  const isPercent = cell.includes('%')
  const value = parseDecimal(cell.replace('%', ''), decimal)
  if (!value) return { problem: `${quote(cell)} is no share or percentage` }
  const share = toNumber(isPercent ? { digits: value.digits, scale: value.scale + 2 } : value)
  if (Math.abs(share) > 1 && !isPercent) {
    return { problem: `${quote(cell)} is above 1: write a share such as 0.02, or 2%` }
  }
  return { value: share }
}

function readDate(cell: string, kind: 'date' | 'timestamp', reading: Reading): Cell {
  const date = parseDate(cell, reading.dateOrder)
  if (!date) return { problem: `${quote(cell)} is no date in the order ${orders[reading.dateOrder]}` }
  return { value: kind === 'date' ? toLocalDay(date, reading.timeZone) : toInstant(date, reading.timeZone) }
}

function readEnum(target: Target, cell: string): Cell {
  const values = target.field?.values ?? []
  const value = parseLabel(`${target.dataset}.${target.name}`, values, cell)
  return orProblem(value, `${quote(cell)} is none of ${values.join(', ')}`)
}

function readCurrency(cell: string): Cell {
  const code = cell.trim().toUpperCase()
  return /^[A-Z]{3}$/.test(code)
    ? { value: code }
    : { problem: `${quote(cell)} is no three-letter currency code` }
}

function readExtra(name: string, cell: string, reading: Reading): Cell {
  if (name === 'currency') return readCurrency(cell)
  if (name === 'direction') return { value: cleanLine(cell) }
  return readDecimal(cell, reading)
}
