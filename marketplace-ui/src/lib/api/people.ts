import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Me = Schemas['Me']
export type Role = Schemas['Role']
export type Scope = Schemas['Scope']

/** What a token of an operator may be allowed; `*` is everything that its maker may. */
export const tokenScopes = [
  '*',
  'businesses:read',
  'businesses:write',
  'data:read',
  'data:write',
  'services:read',
  'subscriptions:write',
  'billing:read',
  'billing:write',
  'executions:read',
  'executions:run',
  'actions:read',
  'actions:decide',
  'policies:write',
  'audit:read',
  'grants:read',
  'events:read',
  'webhooks:write',
] as const satisfies readonly Scope[]

export const getMe = ({ client }: Api) => answer(client.GET('/me'))
export const createOrganisation = ({ client }: Api, body: { name: string; kind: 'operator' }, key?: string) =>
  answer(client.POST('/organisations', { body, ...once(key) }))
export const acceptInvitation = ({ client }: Api, secret: string, key?: string) =>
  answer(client.POST('/invitations/accept', { body: { secret }, ...once(key) }))

export const listMembers = ({ client }: Api) => answer(client.GET('/members'))

export const listTokens = ({ client }: Api) => answer(client.GET('/tokens'))
export const createToken = (
  { client }: Api,
  body: { name: string; scopes: Scope[]; role: Role; expiresInDays?: number },
  key?: string,
) => answer(client.POST('/tokens', { body, ...once(key) }))
export const revokeToken = ({ client }: Api, token: string) =>
  answer(client.DELETE('/tokens/{token}', { params: { path: { token } } }))

export const stopEverything = ({ client }: Api, key?: string) => answer(client.POST('/stop', once(key)))
export const resumeEverything = ({ client }: Api) => answer(client.DELETE('/stop'))
