import { call, type Api, type List, type Query } from './transport.ts'

/** A message that an effect sent, or keeps because no mail server is configured. */
export interface Mail {
  id: string
  to: string
  subject: string
  body: string
  state: 'kept' | 'sending' | 'sent' | 'unknown' | 'failed'
  action: string | null
  business: { id: string; name: string } | null
  createdAt: string
  sentAt: string | null
  detail: string | null
}

export interface Endpoint {
  id: string
  url: string
  events: string[]
  isOn: boolean
  createdAt: string
}

export interface Delivery {
  id: string
  endpoint: string
  event: string
  state: 'pending' | 'retrying' | 'delivered' | 'failed'
  attempts: number
  status: number | null
  detail: string | null
  nextAttemptAt: string | null
  createdAt: string
}

/** What to do by hand in an outside system, because no connector carries it there. */
export interface CarryOver {
  id: string
  action: string
  business: { id: string; name: string }
  sentence: string
  kind: 'do' | 'take-back'
  state: 'open' | 'done' | 'confirmed' | 'dropped'
  createdAt: string
}

export const listMail = (api: Api, query: Query = {}) => call<List<Mail>>(api, 'GET', '/v1/outbox', { query })
export const sendAgain = (api: Api, mail: string, key?: string) =>
  call<Mail>(api, 'POST', `/v1/outbox/${mail}/send-again`, { body: {}, key })
export const markArrived = (api: Api, mail: string, key?: string) =>
  call<Mail>(api, 'POST', `/v1/outbox/${mail}/arrived`, { body: {}, key })

export const listEndpoints = (api: Api) => call<List<Endpoint>>(api, 'GET', '/v1/webhook-endpoints')
export const createEndpoint = (api: Api, body: { url: string; events: string[] }, key?: string) =>
  call<Endpoint & { secret: string | null }>(api, 'POST', '/v1/webhook-endpoints', { body, key })
export const deleteEndpoint = (api: Api, id: string) =>
  call<void>(api, 'DELETE', `/v1/webhook-endpoints/${id}`)
export const listDeliveries = (api: Api, id: string, query: Query = {}) =>
  call<List<Delivery>>(api, 'GET', `/v1/webhook-endpoints/${id}/deliveries`, { query })
export const redeliver = (api: Api, delivery: string, key?: string) =>
  call<Delivery>(api, 'POST', `/v1/webhook-deliveries/${delivery}/redeliver`, { body: {}, key })

export const listCarryOver = (api: Api, query: Query = {}) =>
  call<List<CarryOver>>(api, 'GET', '/v1/carry-over', { query })
export const tickCarryOver = (api: Api, id: string, key?: string) =>
  call<CarryOver>(api, 'POST', `/v1/carry-over/${id}/tick`, { body: {}, key })

/** What an endpoint may be told of. */
export const webhookEvents = [
  'action.applied',
  'action.undone',
  'action.failed',
  'execution.finished',
  'import.finished',
] as const
