import { datasetOf, decodeId, encodeId, Money, type DatasetName } from '@bizq/sdk/contract'
import { z } from 'zod'
import { columnsOf, hasMoney, type FieldColumn } from './columns.ts'
import type { FieldValue } from './formats/index.ts'

/** The values of a record as the platform works with them: as in the contract, but ids are UUIDs. */
export type Values = Record<string, FieldValue>

/** A record as it stands in its table. */
export interface StoredRecord {
  id: string
  /** Creation order within the dataset. */
  seq: number
  values: Values
  source: string
  sourceKey: string
  /** What the values speak of, where they can grow old. */
  asOf: string | null
  /** Fields that are added up from the lines of the record. */
  summed: string[]
  isStub: boolean
  /** The import that created it; null for what was entered by hand or by an effect. */
  importId: string | null
  createdAt: string
  updatedAt: string
}

/** A record in the contract's form, with ids as they stand on the wire. */
export type WireRow = Record<string, FieldValue> & { id: string }

/** The prefix of counterparties, which are ids without a dataset. */
const counterpartyPrefix = 'cpy'

/** The id of a record as it stands on the wire. */
export function recordId(dataset: DatasetName, uuid: string): string {
  return encodeId(datasetOf(dataset).prefix, uuid)
}

/** The UUID behind a record's id. Throws a RangeError if it is not an id of that dataset. */
export function recordUuid(dataset: DatasetName, id: string): string {
  return decodeId(datasetOf(dataset).prefix, id)
}

/** The prefix of the ids that a field holds, where it holds ids. */
export function idPrefixOf(column: FieldColumn): string | undefined {
  if (column.kind === 'counterparty') return counterpartyPrefix
  return column.dataset && datasetOf(column.dataset).prefix
}

function converted(
  dataset: DatasetName,
  values: Values,
  convert: (prefix: string, id: string) => string,
): Values {
  const result: Values = { ...values }
  for (const column of columnsOf(dataset)) {
    const value = values[column.field]
    const prefix = idPrefixOf(column)
    if (prefix !== undefined && typeof value === 'string') result[column.field] = convert(prefix, value)
  }
  return result
}

/** References and counterparties as TypeIDs. */
export function toWireValues(dataset: DatasetName, values: Values): Values {
  return converted(dataset, values, encodeId)
}

/** References and counterparties as UUIDs. Throws a RangeError at an id of the wrong form. */
export function fromWireValues(dataset: DatasetName, values: Values): Values {
  return converted(dataset, values, decodeId)
}

export function toWireRow(dataset: DatasetName, record: Pick<StoredRecord, 'id' | 'values'>): WireRow {
  return { id: recordId(dataset, record.id), ...toWireValues(dataset, record.values) }
}

/** Whether two values of a field are the same. */
export function isSame(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null)
  if (typeof a === 'object' && typeof b === 'object')
    return a.amount === b.amount && a.currency === b.currency
  return a === b
}

/** The currencies that the amounts of a record are in. More than one cannot be kept. */
export function currenciesOf(values: Values): string[] {
  const found = new Set<string>()
  for (const value of Object.values(values)) {
    if (typeof value === 'object' && value !== null) found.add(value.currency)
  }
  return [...found]
}

/** The columns of a record for its table, by column name. */
export function toColumns(dataset: DatasetName, values: Values): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  if (hasMoney(dataset)) row['currency'] = currenciesOf(values)[0] ?? null
  for (const { field, column, kind } of columnsOf(dataset)) {
    const value = values[field] ?? null
    row[column] = kind === 'money' && typeof value === 'object' && value !== null ? value.amount : value
  }
  return row
}

/** The values of a row that was read by the record store. */
export function fromColumns(dataset: DatasetName, row: Record<string, unknown>): Values {
  const values: Values = {}
  for (const { field, column, kind } of columnsOf(dataset)) {
    const value = row[column] ?? null
    values[field] =
      kind === 'money' && value !== null
        ? { amount: value as number, currency: row['currency'] as string }
        : (value as FieldValue)
  }
  return values
}

const noControl = z
  .string()
  .max(20_000)
  // oxlint-disable-next-line no-control-regex -- what Postgres text and JSON cannot hold
  .refine((text) => !/[\u0000]/.test(text) && text.isWellFormed(), 'holds characters that cannot be kept')
const finite = z.number().refine((n) => Math.abs(n) < 1e15, 'is too large')

/** The schema of one field's value, null aside. `anyId` is what references look like: a TypeID or a UUID. */
function valueSchema(column: FieldColumn, anyId: (prefix: string) => z.ZodType<string>): z.ZodType {
  switch (column.kind) {
    case 'identifier':
      return z.never()
    case 'reference':
    case 'counterparty':
      return anyId(idPrefixOf(column) ?? '')
    case 'money':
      return Money
    case 'quantity':
    case 'rate':
      return finite
    case 'boolean':
      return z.boolean()
    case 'enum':
      return z.enum(column.values as [string, ...string[]])
    case 'date':
      return z.iso.date()
    case 'timestamp':
      return z.iso.datetime({ offset: true })
    case 'currency':
      return z.string().regex(/^[A-Z]{3}$/, 'must be a three-letter ISO 4217 code in capitals')
    case 'country':
      return z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter ISO 3166 code in capitals')
    case 'category':
    case 'code':
    case 'region':
    case 'place':
    case 'personName':
    case 'email':
    case 'phone':
    case 'street':
    case 'iban':
    case 'taxNumber':
    case 'legalName':
    case 'text':
      return noControl
  }
}

const schemas = new Map<string, z.ZodObject>()

/** What values of a dataset may be, every field optional and, where the contract allows it, null; references as UUIDs or TypeIDs. */
export function valuesSchema(dataset: DatasetName, ids: 'uuid' | 'wire'): z.ZodObject {
  const key = `${dataset} ${ids}`
  const known = schemas.get(key)
  if (known) return known
  const anyId = (prefix: string) =>
    ids === 'uuid'
      ? z.guid()
      : z
          .string()
          .regex(
            new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`),
            `must be an id of the form ${prefix}_…`,
          )
  const shape = Object.fromEntries(
    columnsOf(dataset).map((column) => {
      const schema = valueSchema(column, anyId)
      return [column.field, (column.required ? schema : schema.nullable()).optional()]
    }),
  )
  const schema = z.strictObject(shape)
  schemas.set(key, schema)
  return schema
}

/** The required fields that these values leave empty. */
export function missingFields(dataset: DatasetName, values: Values): string[] {
  return columnsOf(dataset)
    .filter(({ field, required }) => required && (values[field] ?? null) === null)
    .map(({ field }) => field)
}
