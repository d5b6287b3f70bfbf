import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

interface Page {
  cursor?: string
  limit?: number
}

/** What an endpoint is told of unless it says otherwise. */
export const webhookEvents = ['action.applied', 'action.undone', 'action.failed', 'audit.head'] as const

export const listMail = ({ client }: Api, query: Page) => answer(client.GET('/outbox', { params: { query } }))
export const sendAgain = ({ client }: Api, mail: string, key?: string) =>
  answer(client.POST('/outbox/{mail}/send-again', { params: { path: { mail } }, ...once(key) }))
export const markArrived = ({ client }: Api, mail: string, key?: string) =>
  answer(client.POST('/outbox/{mail}/arrived', { params: { path: { mail } }, ...once(key) }))

export const listEndpoints = ({ client }: Api) => answer(client.GET('/webhook-endpoints'))
export const createEndpoint = ({ client }: Api, body: { url: string; events: string[] }, key?: string) =>
  answer(client.POST('/webhook-endpoints', { body, ...once(key) }))
export const switchEndpoint = ({ client }: Api, endpoint: string, isOn: boolean) =>
  answer(client.PATCH('/webhook-endpoints/{endpoint}', { params: { path: { endpoint } }, body: { isOn } }))
export const deleteEndpoint = ({ client }: Api, endpoint: string) =>
  answer(client.DELETE('/webhook-endpoints/{endpoint}', { params: { path: { endpoint } } }))
export const listDeliveries = ({ client }: Api, endpoint: string, query: Page) =>
  answer(client.GET('/webhook-endpoints/{endpoint}/deliveries', { params: { path: { endpoint }, query } }))
export const redeliver = ({ client }: Api, delivery: string, key?: string) =>
  answer(
    client.POST('/webhook-deliveries/{delivery}/redeliver', { params: { path: { delivery } }, ...once(key) }),
  )

export const listCarryOver = (
  { client }: Api,
  query: Page & { state?: Schemas['CarryOver']['state']; business?: string },
) => answer(client.GET('/carry-over', { params: { query } }))
export const tickCarryOver = ({ client }: Api, carryOver: string, key?: string) =>
  answer(client.POST('/carry-over/{carryOver}/tick', { params: { path: { carryOver } }, ...once(key) }))

export const listTasks = ({ client }: Api, query: Page) => answer(client.GET('/tasks', { params: { query } }))
export const finishTask = ({ client }: Api, task: string, key?: string) =>
  answer(client.POST('/tasks/{task}/done', { params: { path: { task } }, ...once(key) }))

export type ToldNotice = Schemas['Notice']
export const listNotices = ({ client }: Api) => answer(client.GET('/notices'))
