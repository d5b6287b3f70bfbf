import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'

export const RoleName = z.enum(['owner', 'manager', 'certifier', 'viewer']).openapi('Role', {
  description: '`certifier` is a role of the platform’s own organisation alone.',
})
const MemberId = idSchema(idPrefixes.member)
const TokenId = idSchema(idPrefixes.token)

export const Organisation = z
  .object({
    id: idSchema(idPrefixes.organisation),
    kind: z.enum(['operator', 'provider', 'platform']),
    name: z.string(),
    stoppedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Organisation')

export const Me = z
  .object({
    user: z.object({ id: idSchema(idPrefixes.user), name: z.string(), email: z.string() }).nullable(),
    organisation: Organisation.or(z.null()),
    role: RoleName.or(z.null()),
    scopes: z.array(z.string()),
    memberships: z.array(
      z.object({
        organisation: idSchema(idPrefixes.organisation),
        name: z.string(),
        kind: z.string(),
        role: RoleName,
      }),
    ),
  })
  .openapi('Me')

export const NewOrganisation = z.object({
  name: z.string().trim().min(1).max(200),
  kind: z.enum(['operator', 'provider']).default('operator'),
})

export const Member = z
  .object({
    id: MemberId,
    user: idSchema(idPrefixes.user),
    name: z.string(),
    email: z.string(),
    role: RoleName,
    createdAt: z.iso.datetime(),
  })
  .openapi('Member')

export const Invitation = z
  .object({
    id: idSchema(idPrefixes.invitation),
    email: z.string(),
    role: RoleName,
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Invitation')

/** The secret stands here once, in the answer that makes it. */
export const NewInvitation = Invitation.extend({ secret: z.string().nullable() }).openapi('NewInvitation')

/** What a token may be allowed; `*` is everything that its maker may. */
export const Scope = z
  .enum([
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
    'releases:write',
  ])
  .openapi('Scope')

export const Token = z
  .object({
    id: TokenId,
    name: z.string(),
    hint: z.string(),
    role: RoleName,
    scopes: z.array(z.string()),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Token')

export const NewToken = z.object({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(Scope).min(1),
  role: RoleName.default('viewer'),
  expiresInDays: z.int().min(1).max(366).optional(),
})

/** The secret stands here once, in the answer that makes it. */
export const MadeToken = Token.extend({ secret: z.string().nullable() }).openapi('MadeToken')
