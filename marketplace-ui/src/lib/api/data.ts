import type { Schemas } from '@bizq/client'
import type { DatasetName } from '@bizq/sdk/contract'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type DatasetFreshness = Schemas['DatasetFreshness']
export type DataRecord = Schemas['Record']
export type Import = Schemas['Import']
export type ImportPreview = Schemas['ImportPreview']
export type Mapping = {
  dataset: DatasetName
  columns: Record<string, string | string[]>
  dateOrder: 'ymd' | 'dmy' | 'mdy'
  decimal: '.' | ','
  currency?: string | null
  positiveMeans?: 'in' | 'out'
  [more: string]: unknown
}

const at = (business: string, dataset: DatasetName) => ({ path: { business, dataset } })

export const listDatasets = ({ client }: Api, business: string) =>
  answer(client.GET('/businesses/{business}/datasets', { params: { path: { business } } }))
export const listRecords = (
  { client }: Api,
  business: string,
  dataset: DatasetName,
  query: { search?: string; from?: string; to?: string; cursor?: string; limit?: number },
  filters: Record<string, string | undefined> = {},
) => {
  const named = Object.entries(filters).map(([field, value]) => [`filter[${field}]`, value])
  return answer(
    client.GET('/businesses/{business}/data/{dataset}', {
      params: { ...at(business, dataset), query: { ...query, ...Object.fromEntries(named) } },
    }),
  )
}
export const getRecord = ({ client }: Api, business: string, dataset: DatasetName, record: string) =>
  answer(
    client.GET('/businesses/{business}/data/{dataset}/{record}', {
      params: { path: { business, dataset, record } },
    }),
  )
export const editRecord = (
  { client }: Api,
  business: string,
  dataset: DatasetName,
  record: string,
  body: Record<string, unknown>,
) =>
  answer(
    client.PATCH('/businesses/{business}/data/{dataset}/{record}', {
      params: { path: { business, dataset, record } },
      body,
    }),
  )

export const listFences = ({ client }: Api, business: string) =>
  answer(client.GET('/businesses/{business}/fences', { params: { path: { business } } }))
export const fenceDataset = ({ client }: Api, business: string, dataset: DatasetName, isFenced: boolean) =>
  answer(
    client.PUT('/businesses/{business}/fences/{dataset}', {
      params: at(business, dataset),
      body: { isFenced },
    }),
  )

export const listImports = ({ client }: Api, business: string, query: { cursor?: string; limit?: number }) =>
  answer(client.GET('/businesses/{business}/imports', { params: { path: { business }, query } }))
export const getImport = ({ client }: Api, id: string) =>
  answer(client.GET('/imports/{import}', { params: { path: { import: id } } }))
/** The first rows of a CSV as its guessed or confirmed mapping reads them. */
export const previewImport = ({ client }: Api, id: string) =>
  answer(client.GET('/imports/{import}/preview', { params: { path: { import: id } } }))
/** The first rows of a CSV as another mapping would read them; changes nothing. */
export const tryMapping = ({ client }: Api, id: string, mapping: Mapping) =>
  answer(client.POST('/imports/{import}/preview', { params: { path: { import: id } }, body: mapping }))
export const confirmMapping = ({ client }: Api, id: string, mapping: Mapping, key?: string) =>
  answer(
    client.POST('/imports/{import}/mapping', {
      params: { path: { import: id } },
      body: mapping,
      ...once(key),
    }),
  )
export const undoImport = ({ client }: Api, id: string, key?: string) =>
  answer(client.POST('/imports/{import}/undo', { params: { path: { import: id } }, ...once(key) }))
/** Where a template with the right header for a dataset is downloaded. */
export const templateUrl = (dataset: string) => `/v1/templates/${dataset}.csv`
