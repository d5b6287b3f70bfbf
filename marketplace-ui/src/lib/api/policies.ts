import type { ActionType } from '@bizq/sdk/contract'
import { call, type Api, type List } from './transport.ts'

/** From the most lenient to the strictest. */
export const outcomes = ['apply', 'apply-and-tell', 'ask', 'ask-two', 'block'] as const
export type Outcome = (typeof outcomes)[number]

/** What may be automatic at all; amounts in units of the currency table (pounds, dollars, euros). */
export interface BaseSettings {
  askFirst: number
  automaticBelow: number
  bulkBelow: number
  applyAbove: number
  tellFrom: number
  acceptance: number
  capAmount: number
  capCount: number
  mayReachThirdParties: boolean
  mayMoveMoneyOut: boolean
}

interface Range {
  atLeast?: number
  below?: number
}
/** All of the conditions that are there must hold. */
export interface Conditions {
  services?: string[]
  actions?: ActionType[]
  businesses?: string[]
  counterparties?: string[]
  amount?: Range
  hours?: { from: number; to: number }
  confidence?: Range
}

export type PolicyBody =
  | { kind: 'base'; settings: BaseSettings }
  | { kind: 'rule'; when: Conditions; outcome: Outcome }

export interface PolicyChange {
  name: string
  isEnabled: boolean
  body: PolicyBody
}
export interface Policy extends PolicyChange {
  id: string
  updatedAt: string | null
}

export interface Verdict {
  outcome: Outcome
  mayBulk: boolean
  /** Every rule that spoke, the strictest first. */
  reasons: { code: string; outcome: Outcome; policy: string; name: string; detail: string }[]
}

export interface Trial {
  tried: number
  changed: number
  outcomes: Partial<Record<Outcome, number>>
  items: { action: string; at: string; type: ActionType; before: Outcome; after: Outcome; verdict: Verdict }[]
}

export const listPolicies = (api: Api) => call<List<Policy>>(api, 'GET', '/v1/policies')
export const putPolicy = (api: Api, id: string, body: PolicyChange) =>
  call<Policy>(api, 'PUT', `/v1/policies/${id}`, { body })
export const deletePolicy = (api: Api, id: string) => call<void>(api, 'DELETE', `/v1/policies/${id}`)
export const tryPolicy = (api: Api, id: string, body: PolicyChange, key?: string) =>
  call<Trial>(api, 'POST', `/v1/policies/${id}/try`, { body, key })
