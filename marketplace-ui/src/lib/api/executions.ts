import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Execution = Schemas['Execution']

const at = (execution: string) => ({ params: { path: { execution } } })

export const runSubscription = ({ client }: Api, subscription: string, key: string) =>
  answer(
    client.POST('/subscriptions/{subscription}/executions', {
      params: { path: { subscription } },
      ...once(key),
    }),
  )
export const listExecutions = (
  { client }: Api,
  subscription: string,
  query: { cursor?: string; limit?: number },
) =>
  answer(
    client.GET('/subscriptions/{subscription}/executions', { params: { path: { subscription }, query } }),
  )
export const getExecution = ({ client }: Api, id: string) =>
  answer(client.GET('/executions/{execution}', at(id)))
export const getReceipt = ({ client }: Api, id: string) =>
  answer(client.GET('/executions/{execution}/receipt', at(id)))
/** Lets the provider read the log of one execution, or takes that back. */
export const setLogShared = ({ client }: Api, id: string, isShared: boolean) =>
  answer(
    isShared
      ? client.PUT('/executions/{execution}/shared-log', at(id))
      : client.DELETE('/executions/{execution}/shared-log', at(id)),
  )
export const replayExecution = ({ client }: Api, id: string, key?: string) =>
  answer(client.POST('/executions/{execution}/replay', { ...at(id), ...once(key) }))
