import type { Mapping } from '#lib/api/data.ts'
import { text } from './forms.ts'

/** The mapping that a posted form confirms; what the form does not ask stays as it was guessed. */
export function readMapping(form: FormData, guessed: Mapping | undefined): Mapping {
  const columns: Record<string, string | string[]> = {}
  for (const [name, value] of form) {
    if (!name.startsWith('column.') || typeof value !== 'string' || !value) continue
    const header = name.slice('column.'.length)
    const before = guessed?.columns[header]
    // A column that was guessed to mean several fields keeps them while its first is kept.
    columns[header] = Array.isArray(before) && before[0] === value ? before : value
  }
  return {
    ...guessed,
    dataset: text(form, 'dataset'),
    columns,
    dateOrder: (text(form, 'dateOrder') || 'ymd') as Mapping['dateOrder'],
    decimal: (text(form, 'decimal') || '.') as Mapping['decimal'],
    positiveMeans: (text(form, 'positiveMeans') || 'in') as 'in' | 'out',
    ...(text(form, 'currency') ? { currency: text(form, 'currency').toUpperCase() } : {}),
  }
}
