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
  const rows = sampleRows.map((cells, line) => ({ line, cells: [...cells] }))
  const columns = header.map((name, index) => ({
    name,
    cells: columnCells(rows, index),
    shape: columnShape(rows, index),
  }))
  const of = (shape: string) => columns.filter((column) => column.shape === shape)
  const [booked, value] = of('date')
  const [first, second] = of('amount')
  if (!booked || !first) return undefined
  const mapping: Record<string, string> = { [booked.name]: 'bookedAt' }
  if (value) mapping[value.name] = 'valueAt'
  const isSplit = second !== undefined && first.cells.length + second.cells.length <= rows.length * 1.1
  mapping[first.name] = isSplit ? 'amountOut' : 'amount'
  if (second) mapping[second.name] = isSplit ? 'amountIn' : 'balance'
  const [currency] = of('currency')
  if (currency) mapping[currency.name] = 'currency'
  const texts = of('text').sort((a, b) => meanLength(b.cells) - meanLength(a.cells))
  const mark = texts.find(({ cells }) => isMark(cells))
  if (mark && !isSplit) mapping[mark.name] = 'direction'
  const description = texts.find((column) => column !== mark)
  if (description) mapping[description.name] = 'description'
  const dates = inferDateOrder(booked.cells, usualDateOrder(country))
  const amounts = [...first.cells, ...(second?.cells ?? [])]
  const isSigned = amounts.some((cell) => /^[-(−]|-$/.test(cell))
  const decimal = inferDecimalMark(amounts)
  return {
    dataset: 'transactions',
    columns: mapping,
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

function isMark(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => cell.length <= 6) && new Set(cells).size <= 3
}

function meanLength(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.length, 0) / Math.max(cells.length, 1)
}
