import { inferDateOrder } from '../dates.ts'
import { inferDecimalMark } from '../decimal.ts'
import type { Guess, GuessOptions } from './guess.ts'
import { columnCells, columnShape } from './sniff.ts'
import { usualDateOrder, usualDecimalMark } from './usual.ts'

/**
 * A table without a header that has dates and amounts is a statement: the first date is the booking, the
 * longest text the description. Two amount columns of which a row fills one are out and in, to be confirmed.
 */
export function guessUnnamed(
  header: readonly string[],
  sampleRows: readonly (readonly string[])[],
  { country, headerLine }: GuessOptions,
): Guess | undefined {
  const columns = readColumns(header, sampleRows)
  const [booked] = columns.filter(({ shape }) => shape === 'date')
  const amounts = columns.filter(({ shape }) => shape === 'amount').flatMap(({ cells }) => cells)
  if (!booked || amounts.length === 0) return undefined
  const dates = inferDateOrder(booked.cells, usualDateOrder(country))
  const isSigned = amounts.some((cell) => /^[-(−]|-$/.test(cell))
  const decimal = inferDecimalMark(amounts)
  return {
    dataset: 'transactions',
    columns: assignShapes(columns, sampleRows.length),
    constants: { 'account.name': 'Bank account' },
    dateOrder: dates.order,
    decimal: decimal ?? usualDecimalMark(country, amounts),
    ...(headerLine !== undefined && { headerLine }),
    missing: [],
    uncertain: [
      ...(dates.isCertain ? [] : (['dateOrder'] as const)),
      ...(decimal ? [] : (['decimal'] as const)),
      ...(isSigned ? [] : (['direction'] as const)),
    ],
    confidence: isSigned ? 0.6 : 0.4,
  }
}

type Columns = ReturnType<typeof readColumns>

function readColumns(header: readonly string[], sampleRows: readonly (readonly string[])[]) {
  const rows = sampleRows.map((cells, line) => ({ line, cells: [...cells] }))
  return header.map((name, index) => ({
    name,
    cells: columnCells(rows, index),
    shape: columnShape(rows, index),
  }))
}

function assignShapes(columns: Columns, rows: number): Record<string, string> {
  const of = (shape: string) => columns.filter((column) => column.shape === shape)
  const [first, second] = of('amount')
  const isSplit = first && second ? first.cells.length + second.cells.length <= rows * 1.1 : false
  const texts = of('text').sort((a, b) => meanLength(b.cells) - meanLength(a.cells))
  const mark = isSplit ? undefined : texts.find(({ cells }) => isMark(cells))
  const targets: [Columns[number] | undefined, string][] = [
    [of('date')[0], 'bookedAt'],
    [of('date')[1], 'valueAt'],
    [first, isSplit ? 'amountOut' : 'amount'],
    [second, isSplit ? 'amountIn' : 'balance'],
    [of('currency')[0], 'currency'],
    [mark, 'direction'],
    [texts.find((column) => column !== mark), 'description'],
  ]
  return Object.fromEntries(targets.flatMap(([column, target]) => (column ? [[column.name, target]] : [])))
}

function isMark(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => cell.length <= 6) && new Set(cells).size <= 3
}

function meanLength(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.length, 0) / Math.max(cells.length, 1)
}
