import { inferDateOrder, parseDate } from '../dates.ts'
import { parseDecimal } from '../decimal.ts'
import { readCsvHead, type CsvRow } from './rows.ts'

export interface Sniffed {
  delimiter: string
  /** The physical line of the header; undefined where the file starts with data. */
  headerLine: number | undefined
  /** The names of the columns, trimmed and unique; `Column 1` … where there is no header. */
  header: string[]
  /** Rows after the header that have as many cells. */
  rows: CsvRow[]
}

const delimiters = [',', ';', '\t', '|']
const sampleRows = 200

/** Finds delimiter, header and a sample of rows in a head; undefined if it is no table of two columns or more. */
export function sniffCsv(head: string, given: { delimiter?: string | undefined } = {}): Sniffed | undefined {
  const candidates = given.delimiter ? [given.delimiter] : delimiters
  const best = candidates
    .map((delimiter) => measure(head, delimiter))
    .filter((table) => table.width >= 2)
    .sort((a, b) => b.score - a.score)[0]
  if (!best) return undefined
  const { delimiter, rows, width } = best
  const at = findHeader(rows, width)
  const headerRow = at === undefined ? undefined : rows[at]
  const header = headerRow ? columnNames(headerRow.cells) : numberedColumns(width)
  return {
    delimiter,
    headerLine: headerRow?.line,
    header,
    rows: rows.slice(at === undefined ? 0 : at + 1).filter((row) => isLike(row, header.length)),
  }
}

function measure(head: string, delimiter: string) {
  const rows = readCsvHead(head, delimiter).slice(0, sampleRows)
  const counts = new Map<number, number>()
  for (const { cells } of rows) {
    if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  }
  const [width, count] = [...counts].sort((a, b) => b[1] * Math.log(b[0]) - a[1] * Math.log(a[0]))[0] ?? [
    1, 0,
  ]
  return { delimiter, rows, width, score: (count / Math.max(rows.length, 1)) * Math.log(width) }
}

/** The header is the first row among the first forty that is as wide as the table and holds neither dates nor numbers. */
function findHeader(rows: CsvRow[], width: number): number | undefined {
  for (const [index, { cells }] of rows.slice(0, 40).entries()) {
    const filled = cells.filter((cell) => cell.trim() !== '')
    if (
      cells.length < width - 1 ||
      filled.length < Math.max(2, Math.ceil(Math.min(width, cells.length) * 0.6))
    )
      continue
    return filled.some(isData) ? undefined : index
  }
  return undefined
}

function isData(cell: string): boolean {
  return (
    parseDate(cell, 'dmy') !== undefined ||
    parseDate(cell, 'mdy') !== undefined ||
    parseDecimal(cell, '.') !== undefined ||
    parseDecimal(cell, ',') !== undefined
  )
}

function isLike({ cells }: CsvRow, width: number): boolean {
  return Math.abs(cells.length - width) <= 1 && cells.some((cell) => cell.trim() !== '')
}

/** The names as the mapping knows them: trimmed, blanks named by position, repeats numbered. */
export function columnNames(cells: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return cells.map((cell, index) => {
    const name =
      cell
        .replace(/^\uFEFF/, '')
        .replace(/\s+/g, ' ')
        .trim() || `Column ${index + 1}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
}

export function numberedColumns(width: number): string[] {
  return Array.from({ length: width }, (_, index) => `Column ${index + 1}`)
}

/** The cells of one column over the sample, without blanks. */
export function columnCells(rows: readonly CsvRow[], index: number): string[] {
  return rows.map(({ cells }) => cells[index]?.trim() ?? '').filter((cell) => cell !== '')
}

export type ColumnShape = 'blank' | 'date' | 'amount' | 'currency' | 'text'

/** What the cells of a column look like: the ground on which a file without header is understood. */
export function columnShape(rows: readonly CsvRow[], index: number): ColumnShape {
  const cells = columnCells(rows, index)
  if (cells.length === 0) return 'blank'
  const { order } = inferDateOrder(cells)
  const all = (test: (cell: string) => boolean) => cells.filter(test).length >= cells.length * 0.9
  if (all((cell) => cell.length >= 6 && parseDate(cell, order) !== undefined)) return 'date'
  if (all((cell) => /^[A-Z]{3}$/.test(cell))) return 'currency'
  if (all((cell) => /^[-+(−]?[\d.,' ]*\d[)]?(?:\s?(?:CR|DR|-))?$/.test(cell) && isData(cell))) return 'amount'
  return 'text'
}
