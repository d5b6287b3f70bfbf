import createFetchClient, { type Client, type ClientOptions } from 'openapi-fetch'
import type { components, paths } from './schema.ts'

export type { components, operations, paths } from './schema.ts'

/** The schemas of the API by name, e.g. `Schemas['Business']`. */
export type Schemas = components['schemas']
export type BizqClient = Client<paths>

/** A client of the BizQ API, typed from its OpenAPI document. `baseUrl` ends in `/v1`; send a token as `headers: { authorization: 'Bearer …' }`. */
export function createClient(options: ClientOptions): BizqClient {
  return createFetchClient<paths>(options)
}
