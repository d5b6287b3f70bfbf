import { call, type Api, type List, type Query } from './transport.ts'

export type ExecutionState =
  | 'queued'
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'refused'
  | 'cancelled'

export interface Execution {
  id: string
  subscription: string
  business: { id: string; name: string }
  service: { id: string; slug: string; name: string }
  release: { id: string; version: string; digest: string }
  state: ExecutionState
  trigger: string
  /** Why it waits, was refused or failed, in words. */
  reason: string | null
  queuedAt: string
  startedAt: string | null
  finishedAt: string | null
  /** Wall clock in milliseconds. */
  durationMs: number | null
  attempts: number
  input: { rows: Record<string, number>; bytes: number; digest: string; expiresAt: string | null } | null
  output: {
    actions: number
    recommendations: { text: string }[]
    metrics: Record<string, unknown>
  } | null
  log: { at?: string; level: string; text: string }[]
}

export interface Receipt {
  jws: string
  claims: Record<string, unknown>
}

export interface Replay {
  verdict: 'REPRODUCED' | 'DIVERGED' | 'INPUT-EXPIRED' | 'NOT-REPLAYABLE'
  differences: { pointer: string; expected?: unknown; actual?: unknown }[]
}

export const runSubscription = (api: Api, subscription: string, key?: string) =>
  call<Execution>(api, 'POST', `/v1/subscriptions/${subscription}/executions`, { body: {}, key })
export const listExecutions = (api: Api, subscription: string, query: Query = {}) =>
  call<List<Execution>>(api, 'GET', `/v1/subscriptions/${subscription}/executions`, { query })
export const getExecution = (api: Api, id: string) => call<Execution>(api, 'GET', `/v1/executions/${id}`)
export const getReceipt = (api: Api, id: string) => call<Receipt>(api, 'GET', `/v1/executions/${id}/receipt`)
export const replayExecution = (api: Api, id: string, key?: string) =>
  call<Replay>(api, 'POST', `/v1/executions/${id}/replay`, { body: {}, key })
