import type { Money, RejectionReason } from '@bizq/sdk/contract'
import type { Outcome } from './policies.ts'
import { call, type Api, type List, type Query } from './transport.ts'

export type ActionState =
  | 'proposed'
  | 'awaiting-second'
  | 'approved'
  | 'applied'
  | 'blocked'
  | 'rejected'
  | 'expired'
  | 'replaced'
  | 'failed'
  | 'withdrawn'
  | 'undone'

export interface Because {
  dataset: string
  id: string
  /** What the row is called among people. */
  label: string | null
  /** The fields of the row that the service saw, as the operator has them. */
  fields: Record<string, unknown>
}

export interface Action {
  id: string
  type: string
  state: ActionState
  /** The hash of what the card shows; a decision names it. */
  version: string
  business: { id: string; name: string; country: string; locale: string; timeZone: string }
  subscription: string
  execution: string
  service: { id: string; slug: string; name: string; release: string }
  /** One sentence with real names. */
  sentence: string
  stake: Money | null
  /** What the service claims it is worth. */
  impact: Money | null
  risk: 'low' | 'medium' | 'high'
  confidence: number
  /** Whether it may be decided together with others. */
  mayBulk: boolean
  because: Because[]
  /** With real ids and real money. */
  parameters: Record<string, unknown>
  /** The parameters that a person may change. */
  editable: { name: string; kind: string; dataset: string | null; isOptional: boolean }[]
  /** A text for a third party as it would go out; the provider's words. */
  text: { to: string | null; subject: string | null; body: string } | null
  /** That service's record with this operator. */
  record: { decided: number; accepted: number; edited: number; undone: number }
  /** Why it is asked and was not just done. */
  policy: { outcome: Outcome; explanation: string[] }
  /** Why it came back to the queue, or failed. */
  note: string | null
  canUndo: boolean
  undoUntil: string | null
  /** Why it cannot be undone once it is carried out. */
  noUndo: string | null
  proposedAt: string
  expiresAt: string | null
  decision: {
    decision: 'approve' | 'reject' | 'edit'
    by: { kind: string; name: string | null }
    at: string
    reason: { code: string; text?: string | null } | null
  } | null
  effect: {
    id: string
    state: string
    heldUntil: string | null
    at: string | null
    detail: string | null
  } | null
}

export const rejectReasons = [
  'wrong-facts',
  'bad-timing',
  'amount-too-high',
  'amount-too-low',
  'relationship',
  'tone',
  'already-done',
  'not-wanted',
  'other',
] as const satisfies readonly RejectionReason[]

export interface DecisionBody {
  decision: 'approve' | 'reject' | 'edit'
  version: string
  reason?: { code: string; text?: string }
  parameters?: Record<string, unknown>
}

export interface BulkBody {
  items: { action: string; version: string }[]
  decision: 'approve' | 'reject'
  /** The sum of the stakes as the reader saw it, one for each currency. */
  expectedTotal: Money[]
  reason?: { code: string; text?: string }
}
export interface BulkResult {
  items: {
    action: string
    state: ActionState | null
    problem: { type: string; title: string; status: number; detail?: string } | null
  }[]
}

export const listActions = (api: Api, query: Query = {}) =>
  call<List<Action>>(api, 'GET', '/v1/actions', { query })
export const getAction = (api: Api, id: string) => call<Action>(api, 'GET', `/v1/actions/${id}`)
export const decideAction = (api: Api, id: string, body: DecisionBody, key: string) =>
  call<Action>(api, 'POST', `/v1/actions/${id}/decision`, { body, key })
export const decideActions = (api: Api, body: BulkBody, key: string) =>
  call<BulkResult>(api, 'POST', '/v1/decisions', { body, key })
export const undoAction = (api: Api, id: string, key: string) =>
  call<Action>(api, 'POST', `/v1/actions/${id}/undo`, { body: {}, key })
