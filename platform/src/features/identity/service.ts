import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import {
  systemActor,
  withUnitOfWork,
  type Actor,
  type Role,
  type UnitOfWork,
  type UnitSource,
} from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { SignedIn } from './better-auth.ts'
import type {
  Invitation,
  MadeToken,
  Me,
  Member,
  NewInvitation,
  NewOrganisation,
  NewToken,
  Organisation,
  Token,
} from './schemas.ts'
import * as store from './store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'organisation.stopped': Record<string, never>
    'organisation.resumed': Record<string, never>
  }
}

/** Tokens read `bizq_` and 43 characters; only their SHA-256 is kept. */
const tokenPrefix = 'bizq_'
const day = 86_400_000

/** Whether somebody of this role may hand that one on. */
const mayGive: Record<Role, readonly Role[]> = {
  owner: ['owner', 'manager', 'certifier', 'viewer'],
  manager: ['manager', 'viewer'],
  certifier: ['certifier', 'viewer'],
  viewer: ['viewer'],
}

function requirePossibleRole(unit: UnitOfWork, role: Role): void {
  if (role === 'certifier' && unit.actor.organisationKind !== 'platform')
    throw new ProblemError('invalid-request', {
      detail: 'Only the platform’s own organisation has certifiers.',
      errors: [{ pointer: '/role', detail: 'must be owner, manager or viewer here' }],
    })
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

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

/** Who a signed-in person acts as: in the organisation they chose, or their first. Nobody before they belong to one. */
export async function findUserActor(
  deps: Pick<Deps, 'directory'>,
  signedIn: SignedIn,
  organisation?: string,
): Promise<Actor | null> {
  const memberships = await store.findMemberships(deps.directory, signedIn.user.id)
  const chosen = organisation
    ? memberships.find((each) => each.organisation_id === organisation)
    : memberships[0]
  if (!chosen) return null
  return {
    organisation: chosen.organisation_id,
    kind: 'user',
    user: signedIn.user.id,
    session: signedIn.session.id,
    role: chosen.role,
    scopes: ['*'],
    organisationKind: chosen.kind,
  }
}

/** Where a signed-in person belongs. */
export function listOrganisations(deps: Pick<Deps, 'directory'>, { user }: { user: { id: string } }) {
  return store.findMemberships(deps.directory, user.id)
}

/** Of these, who may not act any more: their session is over, their token ended or stopped, or they were removed. */
export async function findDismissed(
  deps: Pick<Deps, 'auth' | 'directory'>,
  actors: readonly Actor[],
): Promise<Set<Actor>> {
  const all = <K extends 'user' | 'token' | 'session'>(name: K) => [
    ...new Set(actors.flatMap((actor) => actor[name] ?? [])),
  ]
  const [sessions, tokens, memberships] = await Promise.all([
    deps.auth.findLiveSessions(all('session')),
    store.listLiveTokens(deps.directory, all('token')),
    store.listMembershipsOf(deps.directory, all('user')),
  ])
  const live = new Set(tokens.map(({ id }) => id))
  const members = new Set(memberships.map((each) => `${each.organisation_id} ${each.user_id}`))
  const isIn = ({ kind, organisation, user, token, session }: Actor) =>
    kind === 'system' ||
    (members.has(`${organisation} ${user}`) && (token ? live.has(token) : sessions.has(session ?? '')))
  return new Set(actors.filter((actor) => !isIn(actor)))
}

type OrganisationRow = Awaited<ReturnType<typeof store.findOrganisation>>

function toOrganisation(row: OrganisationRow): z.infer<typeof Organisation> {
  return {
    id: encodeId(idPrefixes.organisation, row.organisation_id),
    kind: row.kind,
    name: row.name,
    stoppedAt: row.stopped_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

/** The person as the owner of an organisation that they make. The same Idempotency-Key names the same one. */
export function founderOf(
  { user }: SignedIn,
  kind: 'operator' | 'provider',
  idempotencyKey: string | undefined,
): Actor {
  const organisation = idempotencyKey ? uuidOf(`${user.id}\n${idempotencyKey}`) : randomUUID()
  return { ...systemActor(organisation, kind), kind: 'user', user: user.id }
}

/** A UUID of version 8 (RFC 9562, section 5.8) that a text determines. */
function uuidOf(text: string): string {
  const hex = hash(text)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}

/** Makes the organisation that the unit acts for, and its first owner. */
export async function createOrganisation(
  unit: UnitOfWork,
  signedIn: SignedIn,
  body: z.infer<typeof NewOrganisation>,
): Promise<z.infer<typeof Organisation>> {
  const { organisation } = unit.actor
  await store.insertOrganisation(unit.tx, organisation, body.kind, body.name)
  const { id: user, name, email } = signedIn.user
  await store.insertMember(unit.tx, { organisation, user, name, email, role: 'owner' })
  await audit(unit, 'organisation.create', {
    organisation: encodeId(idPrefixes.organisation, organisation),
    kind: body.kind,
  })
  return toOrganisation(await store.findOrganisation(unit.tx))
}

/** The organisation that the unit acts for. */
export async function getOrganisation(unit: UnitOfWork): Promise<z.infer<typeof Organisation>> {
  return toOrganisation(await store.findOrganisation(unit.tx))
}

/** Gives the organisation that the unit acts for another name. */
export async function renameOrganisation(unit: UnitOfWork, name: string): Promise<void> {
  requireRole(unit.actor, 'owner')
  await store.setOrganisationName(unit.tx, name)
  await audit(unit, 'organisation.rename', {})
}

/** Whether everything is stopped: no executions, no automatic actions, no granted reads. */
export async function isStopped(unit: UnitOfWork): Promise<boolean> {
  return (await store.findOrganisation(unit.tx)).stopped_at !== null
}

/** Stops everything of the organisation, or takes that back. */
export async function setStopped(unit: UnitOfWork, stopped: boolean): Promise<z.infer<typeof Organisation>> {
  requireRole(unit.actor, 'manager')
  const { stopped_by_platform: reason } = await store.findOrganisation(unit.tx)
  if (reason !== null)
    throw new ProblemError('forbidden', {
      detail: `The platform stopped your organisation: ${reason} It alone can take that back; you can object to it.`,
    })
  await store.setStopped(unit.tx, stopped ? new Date() : null)
  await audit(unit, stopped ? 'organisation.stop' : 'organisation.resume', {})
  unit.emit(stopped ? 'organisation.stopped' : 'organisation.resumed', {})
  return getOrganisation(unit)
}

/** The platform stops everything of the organisation that this unit acts for, with a reason; only it can take that back. */
export async function stopByPlatform(unit: UnitOfWork, reason: string): Promise<void> {
  await store.stopByPlatform(unit.tx, reason)
  await audit(unit, 'organisation.stop', { by: 'platform', reason })
  unit.emit('organisation.stopped', {})
}

/** Takes back what the platform stopped at that moment; a stop of the organisation's own from before stands. */
export async function resumeByPlatform(unit: UnitOfWork, stoppedAt: Date): Promise<void> {
  await store.resumeByPlatform(unit.tx, stoppedAt)
  await audit(unit, 'organisation.resume', { by: 'platform' })
  if (!(await isStopped(unit))) unit.emit('organisation.resumed', {})
}

/** Who is asking, where they belong, and what they may. */
export async function getMe(
  deps: Deps,
  signedIn: SignedIn | null,
  actor: Actor | null,
): Promise<z.infer<typeof Me>> {
  const memberships = signedIn ? await store.findMemberships(deps.directory, signedIn.user.id) : []
  const organisation = actor ? await withUnitOfWork(deps, actor, getOrganisation) : null
  return {
    user: signedIn
      ? {
          id: encodeId(idPrefixes.user, signedIn.user.id),
          name: signedIn.user.name,
          email: signedIn.user.email,
        }
      : null,
    organisation,
    role: actor?.role ?? null,
    scopes: [...(actor?.scopes ?? [])],
    memberships: memberships.map((each) => ({
      organisation: encodeId(idPrefixes.organisation, each.organisation_id),
      name: each.name,
      kind: each.kind,
      role: each.role,
    })),
  }
}

type MemberRow = Awaited<ReturnType<typeof store.listMembers>>[number]

function toMember(row: MemberRow): z.infer<typeof Member> {
  return {
    id: encodeId(idPrefixes.member, row.id),
    user: encodeId(idPrefixes.user, row.user_id),
    name: row.name,
    email: row.email,
    role: row.role,
    createdAt: row.created_at.toISOString(),
  }
}

export async function listMembers(unit: UnitOfWork): Promise<z.infer<typeof Member>[]> {
  return (await store.listMembers(unit.tx)).map(toMember)
}

async function lockMember(
  unit: UnitOfWork,
  id: string,
): Promise<{ member: MemberRow; isLastOwner: boolean }> {
  const members = await store.lockMembers(unit.tx)
  const member = members.find((each) => each.id === decodeId(idPrefixes.member, id))
  if (!member) throw new ProblemError('not-found')
  const owners = members.filter((each) => each.role === 'owner')
  return { member, isLastOwner: member.role === 'owner' && owners.length === 1 }
}

/** Gives a member another role. An organisation keeps at least one owner. */
export async function changeRole(unit: UnitOfWork, id: string, role: Role): Promise<z.infer<typeof Member>> {
  requireRole(unit.actor, 'owner')
  requirePossibleRole(unit, role)
  const { member, isLastOwner } = await lockMember(unit, id)
  if (isLastOwner && role !== 'owner')
    throw new ProblemError('conflict', { detail: 'Make somebody else an owner first.' })
  await store.setMemberRole(unit.tx, member.id, role)
  await audit(unit, 'member.change-role', { member: id, role })
  return toMember({ ...member, role })
}

export async function removeMember(unit: UnitOfWork, id: string): Promise<void> {
  requireRole(unit.actor, 'owner')
  const { member, isLastOwner } = await lockMember(unit, id)
  if (isLastOwner) throw new ProblemError('conflict', { detail: 'Make somebody else an owner first.' })
  await store.deleteMember(unit.tx, member.id)
  await audit(unit, 'member.remove', { member: id })
}

type InvitationRow = Awaited<ReturnType<typeof store.listInvitations>>[number]

function toInvitation(row: InvitationRow): z.infer<typeof Invitation> {
  return {
    id: encodeId(idPrefixes.invitation, row.id),
    email: row.email,
    role: row.role,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  }
}

/** Invites somebody. The secret of the link stands in this answer only. */
export async function invite(
  unit: UnitOfWork,
  email: string,
  role: Role,
): Promise<z.infer<typeof NewInvitation>> {
  requireRole(unit.actor, 'owner')
  requirePossibleRole(unit, role)
  const secret = randomBytes(32).toString('base64url')
  const row = await store.insertInvitation(unit.tx, {
    organisation: unit.actor.organisation,
    email,
    role,
    secretHash: hash(secret),
    expiresAt: new Date(Date.now() + 7 * day),
  })
  await audit(unit, 'member.invite', { invitation: encodeId(idPrefixes.invitation, row.id), role })
  return { ...toInvitation(row), secret }
}

/**
 * Invites the first owners of the organisation that runs the marketplace, and makes it if need be. For whoever
 * runs the installation: nobody is asked here who they are.
 */
export async function invitePlatformOwner(
  deps: Pick<Deps, 'directory'> & UnitSource,
  email: string,
): Promise<z.infer<typeof NewInvitation>> {
  const known = await store.findPlatform(deps.directory)
  const actor = systemActor(known?.organisation_id ?? randomUUID(), 'platform')
  return withUnitOfWork(deps, actor, async (unit) => {
    if (!known) {
      const { organisation } = actor
      await store.insertOrganisation(unit.tx, organisation, 'platform', 'BizQ')
      const id = encodeId(idPrefixes.organisation, organisation)
      await audit(unit, 'organisation.create', { organisation: id, kind: 'platform' })
    }
    return invite(unit, email, 'owner')
  })
}

export async function listInvitations(unit: UnitOfWork): Promise<z.infer<typeof Invitation>[]> {
  return (await store.listInvitations(unit.tx)).map(toInvitation)
}

const noInvitation = () =>
  new ProblemError('not-found', { detail: 'The invitation is over, was used, or is for another address.' })

/** The person as who was invited, and the invitation (UUID). Refuses a secret that nobody gave, or gave to another address. */
export async function findInvited(
  deps: Pick<Deps, 'directory'>,
  { user }: SignedIn,
  secret: string,
): Promise<{ actor: Actor; invitation: string }> {
  const found = await store.findInvitation(deps.directory, hash(secret))
  if (!found || found.email.toLowerCase() !== user.email.toLowerCase()) throw noInvitation()
  const actor: Actor = {
    ...systemActor(found.organisation_id, found.kind),
    kind: 'user',
    user: user.id,
    role: found.role,
  }
  return { actor, invitation: found.id }
}

/** Joins the organisation that invited, once, under the address that was invited. */
export async function acceptInvitation(
  unit: UnitOfWork,
  signedIn: SignedIn,
  invitation: string,
): Promise<z.infer<typeof Organisation>> {
  const { organisation, role } = unit.actor
  if (!(await store.markInvitationAccepted(unit.tx, invitation))) throw noInvitation()
  const { id: user, name, email } = signedIn.user
  await store.insertMember(unit.tx, { organisation, user, name, email, role })
  await audit(unit, 'member.join', { invitation: encodeId(idPrefixes.invitation, invitation) })
  return getOrganisation(unit)
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
