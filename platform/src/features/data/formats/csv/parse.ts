import type { ParsedItem, ParsingBusiness } from '../parsed-item.ts'
import { UnreadableFileError } from '../parsed-item.ts'
import { createPending } from '../records/pending.ts'
import { parseDate } from '../dates.ts'
import { datasetOf } from '@bizq/sdk/contract'
import { createEvaluator } from './evaluate.ts'
import type { Mapping } from './mapping.ts'
import { planMapping, type Node } from './plan.ts'
import { readCsvRows, type CsvRow } from './rows.ts'
import { columnNames, numberedColumns } from './sniff.ts'

const widest = 500
const totals = /^(?:grand\s+)?(?:total|totals|totaal|totale|summe|gesamt|gesamtsumme)\b/i

/** Parses any CSV through a mapping, row by row, in bounded memory. */
export async function* parseMappedCsv(
  text: AsyncIterable<string>,
  options: { mapping: Mapping; delimiter: string; business: ParsingBusiness },
): AsyncGenerator<ParsedItem> {
  const { mapping } = options
  let reader = mapping.headerLine === null ? openReader(numberedColumns(widest), options) : undefined
  for await (const rows of readCsvRows(text, options.delimiter)) {
    for (const row of rows) {
      if ('problem' in row) {
        yield { kind: 'error', line: row.line, reason: row.problem, isRejected: true }
      } else if (!reader) {
        if (row.line >= (mapping.headerLine ?? 1)) reader = openReader(columnNames(row.cells), options)
      } else {
        yield* reader.read(row)
      }
    }
  }
  if (!reader)
    throw new UnreadableFileError(`The file has no header on line ${mapping.headerLine}. It may be empty.`)
  yield* reader.finish()
}

function openReader(header: string[], options: { mapping: Mapping; business: ParsingBusiness }) {
  const { mapping, business } = options
  const plan = planMapping(mapping, header)
  const pending = createPending(mapping.currency ?? business.currency)
  const evaluator = createEvaluator({ mapping, header, plan, business, pending })
  const isWanted = filterOf(mapping, header, plan)
  return {
    read(row: CsvRow): ParsedItem[] {
      const spare = row.cells.slice(header.length).some((cell) => cell.trim() !== '')
      if (spare && isWanted(row)) {
        const reason = `the row has ${row.cells.length} cells where the header has ${header.length}`
        return [{ kind: 'error', line: row.line, reason, isRejected: true }]
      }
      return isWanted(row) ? evaluator.evaluateRow(row) : []
    },
    finish: () => evaluator.finish(),
  }
}

/** Leaves out blank rows, rows of totals, the header when it comes again, and what `only` excludes. */
function filterOf(mapping: Mapping, header: readonly string[], plan: Node) {
  const only = Object.entries(mapping.only).map(([name, values]) => ({
    index: header.indexOf(name),
    values: new Set(values.map((value) => value.toLowerCase())),
  }))
  const time = datasetOf(mapping.dataset).time
  const timeAt = plan.reads.find(({ target }) => target.name === time)?.index
  const isTotal = (cells: readonly string[]) => {
    const first = cells.find((cell) => cell.trim() !== '')?.trim() ?? ''
    if (!totals.test(first)) return false
    return timeAt === undefined || parseDate(cells[timeAt] ?? '', mapping.dateOrder) === undefined
  }
  return ({ cells }: CsvRow): boolean => {
    if (cells.every((cell) => cell.trim() === '')) return false
    if (only.some(({ index, values }) => !values.has((cells[index] ?? '').trim().toLowerCase()))) return false
    if (
      mapping.headerLine !== null &&
      cells.length === header.length &&
      cells.every((cell, i) => cell.trim() === header[i])
    )
      return false
    return !isTotal(cells)
  }
}
