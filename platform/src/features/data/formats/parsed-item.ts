import type { DatasetName, Money } from '@bizq/sdk/contract'
import type { Mapping } from './csv/mapping.ts'

/** A value as the contract's datasets hold it: money in minor units, dates `YYYY-MM-DD`, timestamps in UTC. */
export type FieldValue = string | number | boolean | Money | null

/**
 * What tells a record from all others of its dataset in one business. `source` is the authority that
 * gave the id (`shopify`, `iban`, `email`, `sku`, `ofx:…account`). Where no authority gave one, the
 * canonical values are the key whatever file they came in, `source` is the dataset, and equal keys are
 * numbered within `group` (an account's day, an order), which a file holds in full.
 */
export type RecordKey =
  | { source: string; sourceId: string }
  | { source: string; naturalKey: string; group: string }

/** A key given by an authority; the only sort that others can refer by. */
export type SourceKey = Extract<RecordKey, { sourceId: string }>

/** Points at a record of another dataset: by its key, else by an alias; `fields` is what a stub of it would show. */
export interface Reference {
  dataset: DatasetName
  key: SourceKey
  aliases: SourceKey[]
  fields: Record<string, FieldValue>
}

export interface ParsedRecord {
  kind: 'record'
  /** The physical line, from 1, on which the record starts. */
  line: number
  dataset: DatasetName
  key: RecordKey
  /** Other names of the same record, by which other sources may know it. They help to find a record whose key is unknown, where exactly one has the alias; they do not make two records one. */
  aliases: SourceKey[]
  /** An absent field was not in the source; null says that the source leaves it empty. References are not in here. */
  fields: Record<string, FieldValue>
  /** By the name of the reference field. */
  references: Record<string, Reference>
  /** What the values speak of, where they can grow old: values of an earlier day must not replace later ones. */
  asOf?: string
  /** Fields that no column said, taken for granted so that a new record is whole. They must not replace a value that is there. */
  assumed?: string[]
  /** Fields that were summed from lines in this file, for the case that an order goes on in another file. */
  summed?: string[]
}

export interface ParsedError {
  kind: 'error'
  line: number
  field?: string
  reason: string
  /** True when the row did not land; false when it landed without this field. */
  isRejected: boolean
  /** Nothing after this was read. */
  isFatal?: true
}

/** What the file was read as; always the first item. */
export interface ParsedMeta {
  kind: 'meta'
  format: FileFormat
  encoding: string
  delimiter?: string
  layout?: string
  /** How the columns of a CSV were read. */
  mapping?: Mapping
}

export type ParsedItem = ParsedRecord | ParsedError | ParsedMeta

export const fileFormats = [
  'shopify-orders',
  'ofx',
  'camt053',
  'mt940',
  'bank-csv',
  'ubl-invoice',
  'cii-invoice',
  'csv',
] as const
export type FileFormat = (typeof fileFormats)[number]

/** What parsing must know of the business: its currency where a file names none, its clock where a time has no offset, its names to tell bills from invoices. */
export interface ParsingBusiness {
  name: string
  currency: string
  country: string
  timeZone: string
  taxNumber?: string
}

/** A file that cannot be read at all, or not from this line on. The message says what, where and how to mend it. */
export class UnreadableFileError extends Error {
  readonly line: number
  constructor(message: string, line = 1) {
    super(message)
    this.name = 'UnreadableFileError'
    this.line = line
  }
}
