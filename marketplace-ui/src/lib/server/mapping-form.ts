import type { DatasetName } from '@bizq/sdk/contract'
import type { Mapping } from '#lib/api/data.ts'
import { text } from '@bizq/app-kit/forms.ts'

/** The mapping that a posted form confirms; what the form does not ask stays as it was guessed. */
export function readMapping(form: FormData, guess: Mapping | null): Mapping {
  const dataset = text(form, 'dataset') as DatasetName
  const columns: Mapping['columns'] = {}
  for (const [name, value] of form) {
    if (!name.startsWith('column.') || typeof value !== 'string' || !value) continue
    const header = name.slice('column.'.length)
    const before = guess?.columns[header]
    // A column that was guessed to mean several fields keeps them while its first is kept.
    columns[header] = Array.isArray(before) && before[0] === value ? before : value
  }
  const currency = text(form, 'currency').toUpperCase()
  return {
    ...guess,
    // What was guessed to be the same in every row belongs to the dataset that was guessed.
    ...(guess?.dataset === dataset ? {} : { constants: {} }),
    dataset,
    columns,
    dateOrder: (text(form, 'dateOrder') || 'ymd') as Mapping['dateOrder'],
    decimal: (text(form, 'decimal') || '.') as Mapping['decimal'],
    ...(text(form, 'positiveMeans') ? { positiveMeans: text(form, 'positiveMeans') as 'in' | 'out' } : {}),
    ...(currency ? { currency } : {}),
  }
}
