import { call, type Api, type List } from './transport.ts'

export type Role = 'owner' | 'manager' | 'viewer'

export interface Organisation {
  id: string
  kind: 'operator' | 'provider' | 'platform'
  name: string
  /** Set while everything is stopped. */
  stoppedAt: string | null
  createdAt: string
}

export interface Me {
  user: { id: string; name: string; email: string } | null
  organisation: Organisation | null
  role: Role | null
  scopes: string[]
  memberships: { organisation: string; name: string; kind: string; role: Role }[]
}

export interface Member {
  id: string
  user: string
  name: string
  email: string
  role: Role
  createdAt: string
}

export interface Invitation {
  id: string
  email: string
  role: Role
  expiresAt: string
  createdAt: string
}

export interface Token {
  id: string
  name: string
  hint: string
  role: Role
  scopes: string[]
  expiresAt: string | null
  revokedAt: string | null
  createdAt: string
}

/** What a token may be allowed; `*` is everything that its maker may. */
export const tokenScopes = [
  '*',
  'businesses:read',
  'businesses:write',
  'data:read',
  'data:write',
  'services:read',
  'subscriptions:write',
  'executions:read',
  'executions:run',
  'actions:read',
  'actions:decide',
  'policies:write',
  'audit:read',
  'grants:read',
  'events:read',
  'webhooks:write',
] as const

export const getMe = (api: Api) => call<Me>(api, 'GET', '/v1/me')
export const createOrganisation = (api: Api, body: { name: string; kind: 'operator' }, key?: string) =>
  call<Organisation>(api, 'POST', '/v1/organisations', { body, key })
export const acceptInvitation = (api: Api, secret: string, key?: string) =>
  call<Organisation>(api, 'POST', '/v1/invitations/accept', { body: { secret }, key })

export const listMembers = (api: Api) => call<List<Member>>(api, 'GET', '/v1/members')
export const changeRole = (api: Api, member: string, role: string) =>
  call<Member>(api, 'PUT', `/v1/members/${member}/role`, { body: { role } })
export const removeMember = (api: Api, member: string) => call<void>(api, 'DELETE', `/v1/members/${member}`)
export const listInvitations = (api: Api) => call<List<Invitation>>(api, 'GET', '/v1/invitations')
export const inviteMember = (api: Api, body: { email: string; role: string }, key?: string) =>
  call<Invitation & { secret: string | null }>(api, 'POST', '/v1/invitations', { body, key })

export const listTokens = (api: Api) => call<List<Token>>(api, 'GET', '/v1/tokens')
export const createToken = (
  api: Api,
  body: { name: string; scopes: string[]; role: string; expiresInDays?: number },
  key?: string,
) => call<Token & { secret: string | null }>(api, 'POST', '/v1/tokens', { body, key })
export const revokeToken = (api: Api, token: string) => call<void>(api, 'DELETE', `/v1/tokens/${token}`)

export const stopEverything = (api: Api, key?: string) => call<Organisation>(api, 'POST', '/v1/stop', { key })
export const resumeEverything = (api: Api) => call<Organisation>(api, 'DELETE', '/v1/stop')
