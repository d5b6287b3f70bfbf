import { datasetOf, decodeId, type DatasetName } from '@bizq/sdk/contract'
import { z } from 'zod'
import { ProblemError } from '../../problems.ts'
import { columnsOf } from './columns.ts'
import type { Filter } from './list-store.ts'
import { idPrefixOf } from './values.ts'

export function invalid(pointer: string, detail: string): ProblemError {
  return new ProblemError('invalid-request', {
    detail: 'The query is not right.',
    errors: [{ pointer, detail }],
  })
}

/** What a list is sorted by: newest first where nothing is said. */
export function readSort(
  dataset: DatasetName,
  sort: string | undefined,
): { sort: string | null; isDescending: boolean } {
  if (sort === undefined) return { sort: datasetOf(dataset).time, isDescending: true }
  const isDescending = sort.startsWith('-')
  const field = isDescending ? sort.slice(1) : sort
  requireField(dataset, field, '/sort')
  return { sort: field, isDescending }
}

function requireField(dataset: DatasetName, field: string, pointer: string) {
  const column = columnsOf(dataset).find((each) => each.field === field)
  if (column) return column
  const fields = columnsOf(dataset).map((each) => each.field)
  throw invalid(pointer, `${dataset} has no field ${field}; it has ${fields.join(', ')}`)
}

/** The values of a `filter[field]` as the field has them. Refuses with `invalid-request`. */
export function readFilter(dataset: DatasetName, field: string, values: string[]): Filter {
  const column = requireField(dataset, field, `/filter[${field}]`)
  const prefix = idPrefixOf(column)
  return {
    field,
    values: values.map((value) => {
      if (value === '') return null
      const read = readFilterValue(column.kind, prefix, value)
      if (read === undefined) throw invalid(`/filter[${field}]`, `${value} is no ${column.kind}`)
      return read
    }),
  }
}

const filterSchemas: Partial<Record<string, z.ZodType<string | number | boolean>>> = {
  money: z.coerce.number().int(),
  quantity: z.coerce.number(),
  rate: z.coerce.number(),
  boolean: z.stringbool(),
  date: z.iso.date(),
  timestamp: z.iso.datetime({ offset: true }),
}

function readFilterValue(kind: string, prefix: string | undefined, value: string) {
  if (prefix !== undefined) {
    try {
      return decodeId(prefix, value)
    } catch {
      return undefined
    }
  }
  return (filterSchemas[kind] ?? z.string()).safeParse(value).data
}
