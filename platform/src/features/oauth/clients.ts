import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import * as store from './store.ts'

/** The command line on people's own machines: it has no key and signs people in by device code. */
export const firstPartyClient = 'bizq-cli'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const bound = { dpop_bound_access_tokens: true, application_type: 'web' }

/** What the library knows of the command line. */
export const firstPartyMetadata = (scopes: readonly string[]) => ({
  ...bound,
  client_id: firstPartyClient,
  client_name: 'BizQ on the command line',
  token_endpoint_auth_method: 'none',
  grant_types: [deviceGrant, 'refresh_token'],
  response_types: [],
  redirect_uris: [],
  scope: ['openid', 'offline_access', ...scopes].join(' '),
})

/** A client as the library knows it (RFC 7591); nothing when there is none. */
export async function findClientMetadata(
  { directory }: Pick<Deps, 'directory'>,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const client = await findRegistered({ directory }, id)
  if (!client) return undefined
  const base = {
    ...bound,
    client_id: id,
    client_name: client.name,
    ...(client.keys.length > 0
      ? { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: client.keys } }
      : { token_endpoint_auth_method: 'none' }),
  }
  if (client.kind === 'service')
    return {
      ...base,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      authorization_details_types: ['bizq_grant'],
    }
  const hasRedirect = client.redirect_uris.length > 0
  return {
    ...base,
    grant_types: [...(hasRedirect ? ['authorization_code'] : []), deviceGrant, 'refresh_token'],
    response_types: hasRedirect ? ['code'] : [],
    redirect_uris: client.redirect_uris,
    scope: ['openid', 'offline_access', ...client.scopes].join(' '),
  }
}

/** A registered client by its id on the wire. */
export async function findRegistered(
  { directory }: Pick<Deps, 'directory'>,
  id: string,
): Promise<store.FoundClient | undefined> {
  let uuid: string
  try {
    uuid = decodeId(idPrefixes.client, id)
  } catch {
    return undefined
  }
  const client = await store.findClient(directory, uuid)
  return client && encodeId(idPrefixes.client, client.id) === id ? client : undefined
}
