import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { currencyExponent, datasetOf, type DatasetName } from '@bizq/sdk/contract'
import { parseFile, type ParseOptions } from '../parse-file.ts'
import type {
  FieldValue,
  ParsedError,
  ParsedItem,
  ParsedMeta,
  ParsedRecord,
  ParsingBusiness,
} from '../parsed-item.ts'

export const business: ParsingBusiness = {
  name: 'Harbour Gifts Ltd',
  currency: 'GBP',
  country: 'GB',
  timeZone: 'Europe/London',
}

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url))

export function fixture(path: string): Buffer {
  const bytes = readFileSync(folder + path)
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

export function fixtures(path: string, pattern: RegExp): string[] {
  return readdirSync(folder + path)
    .filter((name) => pattern.test(name))
    .map((name) => `${path}/${name}`)
}

export async function* inChunks(bytes: Buffer, size = 64 * 1024): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export interface Parsed {
  items: ParsedItem[]
  meta: ParsedMeta | undefined
  errors: ParsedError[]
  of: (dataset: DatasetName) => ParsedRecord[]
}

/** Parses bytes or text whole and checks every record against its dataset. */
export async function parse(
  input: Buffer | string,
  options: Partial<ParseOptions> & { chunk?: number } = {},
): Promise<Parsed> {
  const { chunk, ...rest } = options
  const items: ParsedItem[] = []
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  for await (const item of parseFile(inChunks(bytes, chunk), { business, ...rest })) items.push(item)
  const records = items.filter((item) => item.kind === 'record')
  for (const record of records) requireCanonical(record)
  return {
    items,
    meta: items.find((item) => item.kind === 'meta'),
    errors: items.filter((item) => item.kind === 'error'),
    of: (dataset) => records.filter((record) => record.dataset === dataset),
  }
}

/** `12.50 GBP` of money and any other value as it is, for tests that read like the file. */
export function amount(value: FieldValue | undefined): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const digits = currencyExponent(value.currency)
  return `${(value.amount / 10 ** digits).toFixed(digits)} ${value.currency}`
}

function requireCanonical(record: ParsedRecord) {
  const { fields } = datasetOf(record.dataset)
  for (const [name, value] of Object.entries(record.fields)) {
    const field = fields[name]
    if (!field || field.kind === 'identifier' || field.kind === 'reference')
      throw new Error(`${record.dataset} has no value ${name}`)
    if (value !== null && !isCanonical(field.kind, field.values, value)) {
      throw new Error(`${record.dataset}.${name} holds ${JSON.stringify(value)}`)
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    const isThere =
      field.kind === 'reference'
        ? record.references[name] !== undefined
        : (record.fields[name] ?? null) !== null
    if (field.required && field.kind !== 'identifier' && !isThere)
      throw new Error(`${record.dataset}.${name} is missing`)
  }
}

function isCanonical(kind: string, values: readonly string[] | undefined, value: FieldValue): boolean {
  const text = typeof value === 'string' ? value : ''
  switch (kind) {
    case 'money':
      return (
        typeof value === 'object' &&
        value !== null &&
        Number.isSafeInteger(value.amount) &&
        /^[A-Z]{3}$/.test(value.currency)
      )
    case 'quantity':
    case 'rate':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'enum':
      return values?.includes(text) ?? false
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text)
    case 'timestamp':
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)
    case 'country':
      return /^[A-Z]{2}$/.test(text)
    default:
      return typeof value === 'string'
  }
}
