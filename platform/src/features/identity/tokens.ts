import { randomBytes } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { Actor, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { requireRoom } from '../../http/room.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { mayGive, requirePossibleRole } from './roles.ts'
import type { MadeToken, NewToken, Token } from './schemas.ts'
import { hash } from './secret-hash.ts'
import * as store from './token-store.ts'

/** Tokens read `bizq_` and 43 characters; only their SHA-256 is kept. */
const tokenPrefix = 'bizq_'
const day = 86_400_000

/** Who a bearer token acts as. Refuses one that is unknown, over or revoked. */
export async function authenticateToken(deps: Pick<Deps, 'directory'>, secret: string): Promise<Actor> {
  const found = secret.startsWith(tokenPrefix)
    ? await store.findToken(deps.directory, hash(secret))
    : undefined
  if (!found) throw new ProblemError('not-signed-in', { detail: 'The token is unknown, over or revoked.' })
  return {
    organisation: found.organisation_id,
    kind: 'token',
    user: found.user_id,
    token: found.id,
    role: found.role,
    scopes: found.scopes,
    organisationKind: found.kind,
    ...(found.is_stopped ? { isStopped: true } : {}),
  }
}

type TokenRow = Awaited<ReturnType<typeof store.listTokens>>[number]

function toToken(row: TokenRow): z.infer<typeof Token> {
  return {
    id: encodeId(idPrefixes.token, row.id),
    name: row.name,
    hint: row.hint,
    role: row.role,
    scopes: row.scopes,
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

/** Makes a token that may at most what its maker may. The secret stands in this answer only. */
export async function createToken(
  unit: UnitOfWork,
  body: z.infer<typeof NewToken>,
): Promise<z.infer<typeof MadeToken>> {
  const { actor } = unit
  requirePossibleRole(unit, body.role)
  if (!mayGive[actor.role].includes(body.role)) {
    throw new ProblemError('forbidden', { detail: 'A token cannot have a higher role than its maker.' })
  }
  if (actor.kind === 'token' || !actor.user)
    throw new ProblemError('forbidden', { detail: 'A token cannot make tokens.' })
  await requireRoom(unit, 'tokens', () => store.countStandingTokens(unit.tx))
  const secret = tokenPrefix + randomBytes(32).toString('base64url')
  const row = await store.insertToken(unit.tx, {
    organisation: actor.organisation,
    user: actor.user,
    name: body.name,
    hint: secret.slice(0, 10),
    secretHash: hash(secret),
    role: body.role,
    scopes: [...body.scopes],
    expiresAt: body.expiresInDays ? new Date(Date.now() + body.expiresInDays * day) : null,
  })
  await audit(unit, 'token.create', {
    token: encodeId(idPrefixes.token, row.id),
    scopes: body.scopes,
    role: body.role,
  })
  return { ...toToken(row), secret }
}

export async function listTokens(unit: UnitOfWork): Promise<z.infer<typeof Token>[]> {
  return (await store.listTokens(unit.tx)).map(toToken)
}

/** Ends a token. Whoever made it may, and managers may end everybody's. */
export async function revokeToken(unit: UnitOfWork, id: string): Promise<void> {
  const uuid = decodeId(idPrefixes.token, id)
  const made = await store.findTokenMaker(unit.tx, uuid)
  if (!made) throw new ProblemError('not-found')
  if (made.user_id !== unit.actor.user) requireRole(unit.actor, 'manager')
  if (!(await store.revokeToken(unit.tx, uuid))) throw new ProblemError('not-found')
  await audit(unit, 'token.revoke', { token: id })
}
