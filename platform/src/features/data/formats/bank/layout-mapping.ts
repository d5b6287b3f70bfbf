import type { MappingInput } from '../csv/mapping.ts'
import { columnCells, columnShape, type Sniffed } from '../csv/sniff.ts'
import { inferDateOrder } from '../dates.ts'
import { inferDecimalMark } from '../decimal.ts'
import { headerlessLayouts } from './headerless-layouts.ts'
import type { BankLayout } from './layout.ts'
import { namedLayouts } from './named-layouts.ts'

interface LayoutMatch {
  layout: BankLayout
  mapping: MappingInput
}

interface Column {
  header: string
  targets: string[]
}

const parsed = namedLayouts.map((layout) => ({ layout, columns: parseColumns(layout.columns ?? '') }))

/** `state` marks a column that only filters rows. */
function parseColumns(text: string): Column[] {
  return text.split(';').map((part) => {
    const at = part.lastIndexOf('=')
    return {
      header: part.slice(0, at),
      targets: part
        .slice(at + 1)
        .split('&')
        .filter((target) => target !== 'state'),
    }
  })
}

/** The bank whose layout this is, with the mapping of its columns: of all that fit the one that knows most of them. */
export function matchBankLayout(sniffed: Sniffed): LayoutMatch | undefined {
  return sniffed.headerLine === undefined ? matchShapes(sniffed) : matchNames(sniffed)
}

function matchNames(sniffed: Sniffed): LayoutMatch | undefined {
  const header = new Map(sniffed.header.map((name) => [name.normalize('NFC').toLowerCase(), name]))
  const own = (name: string) => header.get(name.normalize('NFC').toLowerCase())
  const best = parsed
    .filter(({ columns }) => columns.every((column) => own(column.header) !== undefined))
    .sort((a, b) => b.columns.length - a.columns.length)[0]
  if (!best || !isSpecific(best.columns, sniffed.header)) return undefined
  const columns = Object.fromEntries(
    best.columns
      .filter(({ targets }) => targets.length)
      .map((column) => [own(column.header) ?? column.header, column.targets]),
  )
  return { layout: best.layout, mapping: toMapping(best.layout, columns, sniffed) }
}

/** A layout of few, common names fits only a file that has little else. */
function isSpecific(columns: Column[], header: readonly string[]): boolean {
  return columns.length >= 6 || columns.length >= header.length - 1
}

function matchShapes(sniffed: Sniffed): LayoutMatch | undefined {
  const shapes = sniffed.header.map((_, index) => columnShape(sniffed.rows, index))
  const layout = headerlessLayouts.find(
    ({ shapes: wanted = [], targets }) =>
      wanted.length <= shapes.length &&
      wanted.every((shape, index) => shape === 'any' || shape === shapes[index]) &&
      shapes.slice(wanted.length).every((shape) => shape === 'blank' || targets.length >= 5) &&
      (!targets.includes('account.iban') ||
        columnCells(sniffed.rows, 1).every((cell) => /^[A-Z]{2}\d{2}/.test(cell))),
  )
  if (!layout) return undefined
  const columns = Object.fromEntries(
    layout.targets.flatMap((target, index) => (target ? [[`Column ${index + 1}`, target]] : [])),
  )
  return { layout, mapping: toMapping(layout, columns, sniffed) }
}

function toMapping(
  layout: BankLayout,
  columns: Record<string, string | string[]>,
  sniffed: Sniffed,
): MappingInput {
  const cellsOf = (...names: string[]) =>
    Object.entries(columns)
      .filter(([, targets]) => [targets].flat().some((target) => names.includes(target)))
      .flatMap(([header]) => columnCells(sniffed.rows, sniffed.header.indexOf(header)))
  const dates = inferDateOrder(cellsOf('bookedAt', 'valueAt'), layout.dateOrder)
  const mark = inferDecimalMark(cellsOf('amount', 'amountIn', 'amountOut', 'balance'))
  const hasName = Object.values(columns).flat().includes('account.name')
  return {
    dataset: 'transactions',
    columns,
    constants: {
      ...(hasName ? {} : { 'account.name': layout.label }),
      ...(layout.name.endsWith('-card') || layout.name === 'uk-barclaycard'
        ? { 'account.kind': 'card' }
        : {}),
    },
    dateOrder: dates.isCertain ? dates.order : layout.dateOrder,
    decimal: mark ?? layout.decimal ?? '.',
    currency: layout.currency ?? null,
    headerLine: sniffed.headerLine ?? null,
    delimiter: sniffed.delimiter,
    positiveMeans: layout.positiveMeans ?? 'in',
    outMarks: layout.outMarks ?? [],
    isAccountPerCurrency: layout.isAccountPerCurrency ?? false,
    only: onlyOf(layout, sniffed.header),
    source: layout.name,
  }
}

function onlyOf(layout: BankLayout, header: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(Object.entries(layout.only ?? {}).filter(([name]) => header.includes(name)))
}
