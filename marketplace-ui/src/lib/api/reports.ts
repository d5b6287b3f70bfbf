import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type MonthlyReport = Schemas['MonthlyReport']

export const listReports = ({ client }: Api, subscription: string) =>
  answer(client.GET('/subscriptions/{subscription}/reports', { params: { path: { subscription } } }))
export const makeReport = ({ client }: Api, subscription: string, month: string, key?: string) =>
  answer(
    client.POST('/subscriptions/{subscription}/reports', {
      params: { path: { subscription } },
      body: { month },
      ...once(key),
    }),
  )
