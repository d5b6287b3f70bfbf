import type { ActionType, Consent, DatasetName, Mask, Money } from '@bizq/sdk/contract'
import { call, type Api, type List, type Query } from './transport.ts'

export interface Price {
  monthly: Money | null
  usage: { unit: string; price: Money; included: number }[]
  trialDays: number
}

export interface ServiceSummary {
  id: string
  /** Its name in addresses. */
  service: string
  name: string
  category: string
  summary: string
  publisher: string
  price: Price
  release: string
  version: string
  datasets: DatasetName[]
  actions: ActionType[]
  since: string
}

export interface AskedDataset {
  dataset: DatasetName
  purpose: string
  history: string | null
  isOptional: boolean
  fields: { name: string; kind: string; mask: Mask; description: string }[]
}

export interface Listing extends ServiceSummary {
  capabilities: string[]
  country: string | null
  docs: string | null
  support: string | null
  state: string
  data: AskedDataset[]
  money: { mode: 'exact' | 'scaled'; reason: string | null }
  proposes: {
    type: ActionType
    max: Money | null
    risk: 'low' | 'medium' | 'high'
    reachesThirdParty: boolean
    movesMoneyOut: boolean
    canBeUndone: boolean
  }[]
  runs: { schedule: string | null; on: string[]; where: 'sandbox' | 'remote' }
  settings: JsonSchema | null
  inWords: string[]
  releases: {
    id: string
    version: string
    state: string
    digest: string
    notice: string | null
    publishedAt: string
    changes: string[]
  }[]
}

/** The part of JSON Schema that a manifest's settings use. */
export interface JsonSchema {
  type?: string
  title?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  default?: unknown
  enum?: unknown[]
  minimum?: number
  maximum?: number
  [more: string]: unknown
}

export interface Preview {
  id: string
  service: string
  release: { id: string; version: string }
  business: string
  expiresAt: string
  price: { monthly: Money | null; trialDays: number | null }
  money: 'exact' | 'scaled'
  datasets: {
    dataset: DatasetName
    /** Rows in the window, of which the preview shows a few. */
    rowsInWindow: number
    history: string | null
    purpose: string
    fields: { field: string; mask: Mask; purpose?: string | null; isWithheld?: boolean }[]
    original: Record<string, unknown>[]
    masked: Record<string, unknown>[]
  }[]
}

export const listServices = (api: Api, query: Query = {}) =>
  call<List<ServiceSummary>>(api, 'GET', '/v1/services', { query })
export const getService = (api: Api, service: string) => call<Listing>(api, 'GET', `/v1/services/${service}`)
export const previewGrant = (
  api: Api,
  service: string,
  body: { business: string; release?: string; consent?: Partial<Consent> },
  key?: string,
) => call<Preview>(api, 'POST', `/v1/services/${service}/preview`, { body, key })
