import type { Schemas } from '@bizq/client'
import type { RejectionReason } from '@bizq/sdk/contract'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Action = Schemas['Action']
export type ActionState = Schemas['ActionState']
export type DecisionBody = Schemas['Decision']
export type BulkBody = Schemas['BulkDecision']

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

interface ActionQuery {
  state?: ActionState | ActionState[]
  business?: string
  service?: string
  subscription?: string
  execution?: string
  sort?: 'money' | 'risk' | 'newest'
  cursor?: string
  limit?: number
}

const at = (action: string) => ({ params: { path: { action } } })

export const listActions = ({ client }: Api, query: ActionQuery = {}) =>
  answer(client.GET('/actions', { params: { query } }))
export const getAction = ({ client }: Api, id: string) => answer(client.GET('/actions/{action}', at(id)))
export const decideAction = ({ client }: Api, id: string, body: DecisionBody, key: string) =>
  answer(client.POST('/actions/{action}/decision', { ...at(id), body, ...once(key) }))
export const decideActions = ({ client }: Api, body: BulkBody, key: string) =>
  answer(client.POST('/decisions', { body, ...once(key) }))
export const undoAction = ({ client }: Api, id: string, key: string) =>
  answer(client.POST('/actions/{action}/undo', { ...at(id), ...once(key) }))
