import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Dispute = Schemas['Dispute']
export type NewDispute = Schemas['NewDispute']
export type PlatformNotice = Schemas['PlatformNotice']
export type Featured = Schemas['Featured']

export const listDisputes = ({ client }: Api, query: { subscription?: string; limit?: number } = {}) =>
  answer(client.GET('/disputes', { params: { query } }))
export const openDispute = ({ client }: Api, subscription: string, body: NewDispute, key?: string) =>
  answer(
    client.POST('/subscriptions/{subscription}/disputes', {
      params: { path: { subscription } },
      body,
      ...once(key),
    }),
  )
export const withdrawDispute = ({ client }: Api, dispute: string, key?: string) =>
  answer(client.POST('/disputes/{dispute}/withdrawal', { params: { path: { dispute } }, ...once(key) }))

/** What the platform did to services in use, or to the organisation, and still holds. */
export const listStandingNotices = ({ client }: Api, query: { service?: string } = {}) =>
  answer(client.GET('/platform-notices', { params: { query: { ...query, standing: 'true', limit: 20 } } }))
export const listPlatformNotices = ({ client }: Api, query: { cursor?: string; limit?: number } = {}) =>
  answer(client.GET('/platform-notices', { params: { query } }))
export const objectToNotice = ({ client }: Api, notice: string, words: string, key?: string) =>
  answer(
    client.POST('/platform-notices/{notice}/objection', {
      params: { path: { notice } },
      body: { words },
      ...once(key),
    }),
  )

/** What the catalogue features today. */
export const listFeatured = ({ client }: Api) => answer(client.GET('/featured'))
