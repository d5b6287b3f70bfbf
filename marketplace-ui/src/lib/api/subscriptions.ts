import type { DatasetName, Money } from '@bizq/sdk/contract'
import type { JsonSchema } from './catalogue.ts'
import { call, type Api, type List, type Query } from './transport.ts'

export interface Subscription {
  id: string
  state: 'active' | 'paused' | 'cancelled'
  business: { id: string; name: string }
  service: { id: string; slug: string; name: string; category: string }
  release: { id: string; version: string }
  grant: {
    id: string
    money: 'exact' | 'scaled'
    fields: Record<string, string[]>
    history: Record<string, string>
    readAllowance: { rows: number; used: number } | null
  }
  settings: Record<string, unknown>
  settingsSchema: JsonSchema | null
  price: { monthly: Money | null }
  schedule: string | null
  nextRunAt: string | null
  trialEndsAt: string | null
  results: SubscriptionResults
  createdAt: string
}

export interface SubscriptionResults {
  executions: number
  proposed: number
  accepted: number
  edited: number
  rejected: number
  undone: number
  open: number
  /** What the applied actions were worth, as the platform computes it. */
  saved: Money | null
}

/** One execution's reads, from the audit log. */
export interface Read {
  execution: string
  at: string
  release: string
  dataset: DatasetName
  fields: string[]
  window: { from: string | null; to: string | null }
  rows: number
  bytes: number
}

export const listSubscriptions = (api: Api, query: Query = {}) =>
  call<List<Subscription>>(api, 'GET', '/v1/subscriptions', { query })
export const createSubscription = (
  api: Api,
  body: { preview: string; settings: Record<string, unknown> },
  key?: string,
) => call<Subscription>(api, 'POST', '/v1/subscriptions', { body, key })
export const getSubscription = (api: Api, id: string) =>
  call<Subscription>(api, 'GET', `/v1/subscriptions/${id}`)
export const changeSubscription = (api: Api, id: string, body: { settings: Record<string, unknown> }) =>
  call<Subscription>(api, 'PATCH', `/v1/subscriptions/${id}`, { body })
export const pauseSubscription = (api: Api, id: string, key?: string) =>
  call<Subscription>(api, 'POST', `/v1/subscriptions/${id}/pause`, { key })
export const resumeSubscription = (api: Api, id: string, key?: string) =>
  call<Subscription>(api, 'POST', `/v1/subscriptions/${id}/resume`, { key })
export const cancelSubscription = (api: Api, id: string) =>
  call<Subscription | undefined>(api, 'DELETE', `/v1/subscriptions/${id}`)
export const listReads = (api: Api, id: string, query: Query = {}) =>
  call<List<Read>>(api, 'GET', `/v1/subscriptions/${id}/reads`, { query })
