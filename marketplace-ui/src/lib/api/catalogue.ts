import type { Schemas } from '@bizq/client'
import type { Consent } from '@bizq/sdk/contract'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type ServiceSummary = Schemas['ServiceSummary']
export type Listing = Schemas['Listing']
export type AskedDataset = Schemas['AskedDataset']
export type Preview = Schemas['Preview']

/** The part of JSON Schema that a manifest's settings use. */
export interface JsonSchema {
  type?: string
  title?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  default?: unknown
  enum?: unknown[]
  minimum?: number
  maximum?: number
}

export const listServices = (
  { client }: Api,
  query: {
    search?: string
    category?: string
    sort?: 'name' | 'rating'
    cursor?: string
    limit?: number
  } = {},
) => answer(client.GET('/services', { params: { query } }))
export const getService = ({ client }: Api, service: string) =>
  answer(client.GET('/services/{service}', { params: { path: { service } } }))
export const getAbout = ({ client }: Api, service: string) =>
  answer(client.GET('/services/{service}/listing', { params: { path: { service } } }))
/** About what it costs in the currency that the operator is billed in. */
export const getOwnPrice = ({ client }: Api, service: string, release?: string) =>
  answer(
    client.GET('/services/{service}/own-price', {
      params: { path: { service }, query: release ? { release } : {} },
    }),
  )
/** What was measured of a service over its subscribers. */
export const getQuality = ({ client }: Api, service: string) =>
  answer(client.GET('/services/{service}/quality', { params: { path: { service } } }))
/** How available a service was in the months that are over, and what one below the promise is credited with. */
export const getAvailability = ({ client }: Api, service: string) =>
  answer(client.GET('/services/{service}/availability', { params: { path: { service } } }))
export const previewGrant = (
  { client }: Api,
  service: string,
  body: { business: string; release?: string; consent?: Consent },
  key?: string,
) =>
  answer(
    client.POST('/services/{service}/preview', {
      params: { path: { service } },
      body,
      ...once(key),
    }),
  )
