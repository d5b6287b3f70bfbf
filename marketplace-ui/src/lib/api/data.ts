import type { DatasetName } from '@bizq/sdk/contract'
import { call, type Api, type List, type Query } from './transport.ts'

export interface DatasetState {
  dataset: DatasetName
  records: number
  /** The newest value of the dataset's time field. */
  newestAt: string | null
  /** When a file or a hand last changed it. */
  changedAt: string | null
  isFenced: boolean
}

/** A record as the operator sees it; `overrides` are the fields that effects or hands have set over the imported value. */
export interface DataRecord {
  id: string
  /** What it is called among people: a name, a number. */
  label?: string | null
  overrides?: Record<string, unknown> | null
  [field: string]: unknown
}

export interface Import {
  id: string
  business: string
  state: 'received' | 'needs-mapping' | 'running' | 'finished' | 'failed' | 'undone'
  format: string | null
  fileName: string | null
  bytes: number
  /** How far the file was read. */
  bytesRead?: number
  counts: { read: number; created: number; updated: number; unchanged: number; rejected: number }
  errors: { line: number | null; field?: string | null; reason: string }[]
  /** What the platform guesses of a CSV that it does not know. */
  proposal?: MappingProposal | null
  createdAt: string
  finishedAt: string | null
}

export interface Mapping {
  dataset: string
  columns: Record<string, string | string[]>
  dateOrder: 'ymd' | 'dmy' | 'mdy'
  decimal: '.' | ','
  currency?: string | null
  positiveMeans?: 'in' | 'out'
  [more: string]: unknown
}
export interface MappingProposal {
  mapping: Mapping
  headers: string[]
  /** The first rows of the file, each by header. */
  sample: Record<string, string>[]
}

export const listDatasets = (api: Api, business: string) =>
  call<List<DatasetState>>(api, 'GET', `/v1/businesses/${business}/data`)
export const listRecords = (api: Api, business: string, dataset: string, query: Query = {}) =>
  call<List<DataRecord>>(api, 'GET', `/v1/businesses/${business}/data/${dataset}`, { query })
export const getRecord = (api: Api, business: string, dataset: string, record: string) =>
  call<DataRecord>(api, 'GET', `/v1/businesses/${business}/data/${dataset}/${record}`)
export const editRecord = (
  api: Api,
  business: string,
  dataset: string,
  record: string,
  body: Record<string, unknown>,
) => call<DataRecord>(api, 'PATCH', `/v1/businesses/${business}/data/${dataset}/${record}`, { body })
export const fenceDataset = (api: Api, business: string, dataset: string, isFenced: boolean) =>
  call<DatasetState>(api, 'PUT', `/v1/businesses/${business}/data/${dataset}/fence`, { body: { isFenced } })

export const listImports = (api: Api, business: string, query: Query = {}) =>
  call<List<Import>>(api, 'GET', `/v1/businesses/${business}/imports`, { query })
export const getImport = (api: Api, id: string) => call<Import>(api, 'GET', `/v1/imports/${id}`)
export const confirmMapping = (api: Api, id: string, mapping: Mapping, key?: string) =>
  call<Import>(api, 'POST', `/v1/imports/${id}/mapping`, { body: mapping, key })
export const undoImport = (api: Api, id: string, key?: string) =>
  call<Import>(api, 'POST', `/v1/imports/${id}/undo`, { key })
/** Where a template with the right header for a dataset is downloaded. */
export const templateUrl = (dataset: string) => `/v1/templates/${dataset}.csv`
