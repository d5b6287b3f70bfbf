import { currencyExponent, type Money } from '../money.ts'
import { datasetOf, type DatasetName } from '../datasets/index.ts'
import type { FieldKind } from '../dataset.ts'
import { splitPath, type LoadedRecords, type RecordPlan } from './define.ts'
import type { ParameterKind } from './parameters.ts'

export interface FoundValue {
  kind: FieldKind | ParameterKind
  value: unknown
}

/** The value of `record.field` among loaded records; undefined when the plan has no such field, a null value when the record has none. */
export function valueAt(plan: RecordPlan, records: LoadedRecords, path: string): FoundValue | undefined {
  const [record, name] = splitPath(path)
  const what = record === null ? undefined : plan[record]
  if (record === null || what === undefined) return undefined
  const dataset: DatasetName = typeof what === 'string' ? what : what.dataset
  const field = datasetOf(dataset).fields[name]
  if (!field) return undefined
  const row = records[record]
  if (Array.isArray(row))
    return { kind: field.kind, value: row.map((r: Record<string, unknown>) => r[name] ?? null) }
  const one = row as Record<string, unknown> | null | undefined
  const value = one?.[name] ?? null
  // Whoever has no name of their own is known by the company that they buy for.
  if (value === null && dataset === 'customers' && name === 'name')
    return { kind: 'legalName', value: one?.['company'] ?? null }
  return { kind: field.kind, value }
}

const mostKept = 200
const formatters = new Map<string, unknown>()

/** Making a formatter costs fifty times what using it does. */
function kept<F>(name: string, make: () => F): F {
  const known = formatters.get(name) as F | undefined
  if (known) return known
  if (formatters.size >= mostKept) formatters.clear()
  const made = make()
  formatters.set(name, made)
  return made
}

/** `{ amount: 124000, currency: 'GBP' }` in `en-GB` is `£1,240`; minor units are shown only when there are any. */
export function formatMoney(money: Money, locale: string): string {
  const places = currencyExponent(money.currency)
  const make = () =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency,
      minimumFractionDigits: places,
      maximumFractionDigits: places,
      trailingZeroDisplay: 'stripIfInteger',
    })
  const format = kept(`money ${money.currency} ${locale}`, make)
  return format.format(`${money.amount}E-${places}` as Intl.StringNumericLiteral)
}

/** `2026-12-10` in `en-GB` is `10 Dec 2026`. Takes instants too, of which it shows the day in UTC. */
export function formatDate(day: string, locale: string): string {
  const make = () =>
    new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return kept(`date ${locale}`, make).format(new Date(day.length === 10 ? `${day}T00:00:00Z` : day))
}

/** A value as a person reads it in that locale; null when there is none. Text is returned as it is. */
export function formatValue({ kind, value }: FoundValue, locale: string): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) {
    const parts = value
      .map((part) => formatValue({ kind, value: part as unknown }, locale))
      .filter((p) => p !== null)
    return parts.length === 0 ? null : new Intl.ListFormat(locale).format(parts)
  }
  switch (kind) {
    case 'money':
      return formatMoney(value as Money, locale)
    case 'date':
    case 'timestamp':
      return formatDate(value as string, locale)
    case 'rate':
      return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(
        value as number,
      )
    case 'quantity':
      return new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(value as number)
    default:
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
