import { parse, CsvError } from 'csv-parse/sync'
import { UnreadableFileError } from '../parsed-item.ts'

export interface CsvRow {
  /** The physical line, from 1, on which the row starts. */
  line: number
  cells: string[]
}
export interface BrokenRow {
  line: number
  problem: string
}

const batchCharacters = 256 * 1024
/** A quoted cell longer than this was never closed. */
const longestRowBytes = 256 * 1024
const mostBrokenRows = 250
const neverClosed = 'a quotation mark opens a cell on this line and is never closed'

/**
 * Reads rows from text in bounded memory. Blank lines are left out. A row whose quotation marks do not
 * match is yielded as broken, and reading goes on with the line after it.
 */
export async function* readCsvRows(
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<(CsvRow | BrokenRow)[]> {
  let rest = ''
  let line = 1
  let broken = 0
  function take(isLast: boolean) {
    const cut = isLast ? rest.length : rest.lastIndexOf('\n') + 1
    const { rows, consumed } = parseLines(Buffer.from(rest.slice(0, cut)), delimiter, line, isLast)
    line += consumed.lines
    rest = consumed.rest + rest.slice(cut)
    broken += rows.reduce((count, row) => count + ('problem' in row ? 1 : 0), 0)
    if (broken > mostBrokenRows) throw tooManyBroken(line)
    return rows
  }
  for await (const chunk of text) {
    rest += chunk
    if (rest.length < batchCharacters) continue
    const rows = take(false)
    if (rows.length) yield rows
  }
  const rows = take(true)
  if (rows.length) yield rows
}

function tooManyBroken(line: number) {
  return new UnreadableFileError(
    `More than ${mostBrokenRows} rows have quotation marks that do not match. Export the file again, with quotation marks doubled inside cells.`,
    line,
  )
}

/** Rows of a head of a file, which may end inside a row. */
export function readCsvHead(text: string, delimiter: string): CsvRow[] {
  return parseLines(Buffer.from(text), delimiter, 1, true).rows.filter((row) => 'cells' in row)
}

function parseLines(bytes: Buffer, delimiter: string, firstLine: number, isLast: boolean) {
  const rows: (CsvRow | BrokenRow)[] = []
  let offset = 0
  let line = firstLine
  while (offset < bytes.length) {
    const start = line
    const problem = parseUntilBroken(bytes.subarray(offset), delimiter, start, rows)
    if (!problem)
      return {
        rows,
        consumed: { lines: line - firstLine + countLines(bytes, offset, bytes.length), rest: '' },
      }
    const skipped = offset + problem.at + leadingNewlines(bytes, offset + problem.at)
    line += countLines(bytes, offset, skipped)
    if (problem.isOpen && !isLast && bytes.length - skipped < longestRowBytes) {
      return { rows, consumed: { lines: line - firstLine, rest: bytes.toString('utf8', skipped) } }
    }
    rows.push({ line, problem: neverClosed })
    const end = bytes.indexOf(0x0a, skipped)
    offset = end === -1 ? bytes.length : end + 1
    line += end === -1 ? 0 : 1
  }
  return { rows, consumed: { lines: line - firstLine, rest: '' } }
}

/** Parses rows until the end or the first whose quotation marks do not match; answers where that one starts. */
function parseUntilBroken(bytes: Buffer, delimiter: string, firstLine: number, rows: (CsvRow | BrokenRow)[]) {
  let at = 0
  try {
    parse(bytes, {
      delimiter,
      record_delimiter: '\n',
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], info) => {
        const inner = newlinesInside(cells)
        const isSuspect = inner > 0 && cells.some((cell) => cell.startsWith('"') && cell.includes('\n'))
        if (isSuspect && !isWellQuoted(bytes.subarray(at, info.bytes), delimiter)) throw new StrayQuote(at)
        rows.push({ line: firstLine + info.lines - 1 - inner, cells })
        at = info.bytes
        return null
      },
    })
    return undefined
  } catch (error) {
    if (error instanceof StrayQuote) return { at: error.at, isOpen: false }
    if (error instanceof CsvError) return { at, isOpen: error.code === 'CSV_QUOTE_NOT_CLOSED' }
    throw error
  }
}

/** A cell may begin with a quotation mark of its own, which is then doubled. */
function isWellQuoted(row: Buffer, delimiter: string): boolean {
  try {
    parse(row, { delimiter, record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true })
    return true
  } catch {
    return false
  }
}

class StrayQuote extends Error {
  readonly at: number
  constructor(at: number) {
    super('stray quotation mark')
    this.at = at
  }
}

function newlinesInside(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++
  }
  return count
}

function countLines(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = bytes.indexOf(0x0a, from); at !== -1 && at < to; at = bytes.indexOf(0x0a, at + 1)) count++
  return count
}

function leadingNewlines(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x0a) at++
  return at - from
}
