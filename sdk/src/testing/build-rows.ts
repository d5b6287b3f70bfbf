import type { Field } from '../contract/dataset.ts'
import { datasetNames, datasetOf, type DatasetName } from '../contract/datasets/index.ts'
import type { FieldName } from '../contract/rows.ts'
import type { MaskedRow } from '../definition.ts'

type FullRow<D extends DatasetName> = MaskedRow<D, FieldName<D>>

/** Makes one row of each dataset: what is not given has a plain value where the field is required, and null where it is not. */
export type RowBuilders = { [D in DatasetName]: (given?: Partial<FullRow<D>>) => FullRow<D> }

/** A pseudonym that looks as real ones do and is the same for the same number. */
function pseudonym(prefix: string, n: number): string {
  let state = (n + 1) * 0x9e3779b1
  let hex = ''
  for (let i = 0; i < 4; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5
    hex += (state >>> 0).toString(16).padStart(8, '0')
  }
  return `${prefix}_${hex}`
}

function plainValue(field: Field, nextId: (prefix: string) => string): unknown {
  switch (field.kind) {
    case 'identifier':
    case 'reference':
      return null
    case 'counterparty':
      return nextId('cpy')
    case 'money':
      return { amount: 10_000, currency: 'GBP' }
    case 'quantity':
      return 1
    case 'rate':
      return 0.01
    case 'enum':
      return field.values?.[0]
    case 'boolean':
      return false
    case 'currency':
      return 'GBP'
    case 'country':
      return 'GB'
    case 'timestamp':
      return '2026-01-01T00:00:00.000Z'
    case 'date':
      return '2026-01-01'
    case 'legalName':
      return 'Example Supplies Ltd'
    default:
      return 'example'
  }
}

/**
 * Typed builders for every dataset, numbering ids from the start:
 *
 * ```ts
 * const build = rowBuilders()
 * const bill = build.bills({ dueAt: '2026-12-03', status: 'open' })
 * ```
 */
export function rowBuilders(): RowBuilders {
  let made = 0
  const nextId = (prefix: string) => pseudonym(prefix, made++)
  const build = (name: DatasetName, given: Readonly<Record<string, unknown>> = {}) => {
    const { fields, prefix } = datasetOf(name)
    const row: Record<string, unknown> = {}
    for (const [field, definition] of Object.entries(fields)) {
      if (definition.kind === 'identifier') row[field] = nextId(prefix)
      else if (!definition.required) row[field] = null
      else if (definition.kind === 'reference')
        row[field] = nextId(datasetOf(definition.dataset as DatasetName).prefix)
      else row[field] = plainValue(definition, nextId)
    }
    return { ...row, ...given }
  }
  return Object.fromEntries(
    datasetNames.map((name) => [name, (given?: Record<string, unknown>) => build(name, given)]),
  ) as unknown as RowBuilders
}
