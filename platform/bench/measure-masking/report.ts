import { type Board, wilson } from './score.ts'
import type { Split } from './templates.ts'

export interface Options {
  split: Split
  count: number
  seed: number
  /** How many missed values of each type to print, for whoever improves the rules. */
  misses: number
}

/** One figure set: an entity type in one corpus. */
export interface Row {
  corpus: string
  type: string
  n: number
  removed: number
  typed: number
  cuts: number
  right: number
}

const aim = 0.99
const aimed = new Set(['email', 'card', 'iban', 'known'])

export function rowsOf(corpus: string, board: Board): Row[] {
  return [...board].map(([type, tally]) => ({ corpus, type, ...tally }))
}

export function rowsMissingAims(rows: readonly Row[]): Row[] {
  return rows.filter((row) => aimed.has(row.type) && row.n > 0 && row.removed / row.n < aim)
}

const share = (hits: number, n: number): string => (n === 0 ? '     -' : (hits / n).toFixed(4))
const interval = (hits: number, n: number): string => {
  if (n === 0) return '               '
  const [low, high] = wilson(hits, n)
  return `${low.toFixed(4)}-${high.toFixed(4)}`
}

function asJson(row: Row): string {
  const rate = (hits: number, n: number): number | null => (n === 0 ? null : Number((hits / n).toFixed(5)))
  const bounds = (hits: number, n: number): number[] | null =>
    n === 0 ? null : wilson(hits, n).map((bound) => Number(bound.toFixed(5)))
  return JSON.stringify({
    corpus: row.corpus,
    type: row.type,
    n: row.n,
    recall: rate(row.removed, row.n),
    recall95: bounds(row.removed, row.n),
    typedRecall: rate(row.typed, row.n),
    cuts: row.cuts,
    precision: rate(row.right, row.cuts),
    precision95: bounds(row.right, row.cuts),
    ...(aimed.has(row.type) && row.n > 0 ? { aim, met: row.removed / row.n >= aim } : {}),
  })
}

function asLine(row: Row): string {
  const met =
    aimed.has(row.type) && row.n > 0
      ? row.removed / row.n >= aim
        ? '  aim 0.99 met'
        : '  AIM 0.99 MISSED'
      : ''
  return [
    row.corpus.padEnd(34),
    row.type.padEnd(18),
    String(row.n).padStart(6),
    share(row.removed, row.n),
    interval(row.removed, row.n),
    share(row.typed, row.n),
    String(row.cuts).padStart(6),
    share(row.right, row.cuts),
    interval(row.right, row.cuts),
    met,
  ].join('  ')
}

/** JSON lines first, then the same as a table. */
export function printRows(rows: readonly Row[], options: Options): void {
  for (const row of rows) process.stdout.write(`${asJson(row)}\n`)
  const head = [
    'corpus'.padEnd(34),
    'type'.padEnd(18),
    '     n',
    'recall',
    '95 % interval  ',
    'typed ',
    '  cuts',
    'precis',
    '95 % interval',
  ].join('  ')
  process.stdout.write(`\nsplit ${options.split}, seed ${options.seed}\n${head}\n`)
  for (const row of rows) process.stdout.write(`${asLine(row).trimEnd()}\n`)
  process.stdout.write(
    '\nrecall: no letter or digit of the value is left; typed: found under its own kind; precision: the cut hits something personal.\n' +
      'Intervals are Wilson’s. Names of places, firms, dates and sites are no kind of their own: their rows say what goes with the rest.\n' +
      'The halves share no template and no identity; the ways of writing a number or an address of e-mail are the same in both.\n',
  )
  const missing = rowsMissingAims(rows)
  for (const row of missing)
    process.stdout.write(`MISSED: ${row.corpus} ${row.type}: ${share(row.removed, row.n)} is below ${aim}\n`)
}
