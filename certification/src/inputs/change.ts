import { createHash } from 'node:crypto'
import { datasetOf, type DatasetName, type Field } from '@bizq/sdk/contract'
import { dice } from './dice.ts'
import type { Case } from './case.ts'
import { inOrder } from './books.ts'
import type { Row } from './making.ts'

type Value = Row[string]

/** The rows of a case with each value put through `change`, which learns what field it is. */
export function changeValues(
  books: Case['books'],
  change: (value: Value, field: Field, name: string, index: number) => Value,
): Case['books'] {
  return Object.fromEntries(
    (Object.entries(books) as [DatasetName, Row[]][]).map(([dataset, rows]) => {
      const { fields } = datasetOf(dataset)
      const changed = rows.map((row, index) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => {
            const field = fields[name]
            return [name, field ? change(value, field, name, index) : value]
          }),
        ),
      )
      return [dataset, changed]
    }),
  )
}

const pseudonyms = /\b([a-z]{3})_([0-9a-f]{32})\b/g

/** Any JSON with every pseudonym in it as another subscription would have it. */
export function rekeyed<T>(value: T, key: string): T {
  const known = new Map<string, string>()
  const other = (hex: string) => {
    const made = known.get(hex) ?? createHash('sha256').update(key).update(hex).digest('hex').slice(0, 32)
    known.set(hex, made)
    return made
  }
  const text = JSON.stringify(value).replaceAll(
    pseudonyms,
    (_, prefix: string, hex: string) => `${prefix}_${other(hex)}`,
  )
  return JSON.parse(text) as T
}

const isMoney = (value: object): value is { amount: number; currency: string } =>
  Object.keys(value).length === 2 &&
  typeof (value as { amount?: unknown }).amount === 'number' &&
  typeof (value as { currency?: unknown }).currency === 'string'

/** Any JSON with every amount of money in it times `factor`. */
export function scaled<T>(value: T, factor: number): T {
  const scale = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(scale)
    if (typeof part !== 'object' || part === null) return part
    if (isMoney(part)) return { ...part, amount: Math.round(part.amount * factor) }
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, scale(inner)]))
  }
  return scale(value) as T
}

const dateOrInstant = /^(\d{4})-(\d{2}-\d{2})(T[\d:.]+Z)?$/

/** Any JSON with every date and instant in it so many years later. 28 years keep weekdays, months and leap days. */
export function shifted<T>(value: T, years: number): T {
  const shift = (part: unknown): unknown => {
    if (typeof part === 'string') {
      const [, year, rest, time = ''] = dateOrInstant.exec(part) ?? []
      return year === undefined ? part : `${String(Number(year) + years).padStart(4, '0')}-${rest}${time}`
    }
    if (Array.isArray(part)) return part.map(shift)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, shift(inner)]))
  }
  return shift(value) as T
}

/** The books with rows of equal time in another order. */
export function permuted(books: Case['books']): Case['books'] {
  return Object.fromEntries(
    (Object.entries(books) as [DatasetName, Row[]][]).map(([dataset, rows]) => {
      const roll = dice(rows.length)
      const shuffled = rows.map((row) => [roll(), row] as const).toSorted(([a], [b]) => a - b)
      return [
        dataset,
        inOrder(
          dataset,
          shuffled.map(([, row]) => row),
        ),
      ]
    }),
  )
}
