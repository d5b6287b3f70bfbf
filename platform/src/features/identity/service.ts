import { randomUUID } from 'node:crypto'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { systemActor, withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { SignedIn } from './better-auth.ts'
import type { Me, NewOrganisation, Organisation } from './schemas.ts'
import { hash } from './secret-hash.ts'
import { findMemberships, insertMember, listMembershipsOf } from './member-store.ts'
import * as store from './store.ts'
import { listLiveTokens } from './token-store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'organisation.stopped': Record<string, never>
    'organisation.resumed': Record<string, never>
  }
}

/** Who a signed-in person acts as: in the organisation they chose, or their first. Nobody before they belong to one. */
export async function findUserActor(
  deps: Pick<Deps, 'directory'>,
  signedIn: SignedIn,
  organisation?: string,
): Promise<Actor | null> {
  const memberships = await findMemberships(deps.directory, signedIn.user.id)
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
  return findMemberships(deps.directory, user.id)
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
    listLiveTokens(deps.directory, all('token')),
    listMembershipsOf(deps.directory, all('user')),
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

/** Of one person; who is invited to more may join them. */
const mostOrganisations = 50

/** Makes the organisation that the unit acts for, and its first owner. */
export async function createOrganisation(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  signedIn: SignedIn,
  body: z.infer<typeof NewOrganisation>,
): Promise<z.infer<typeof Organisation>> {
  const { organisation } = unit.actor
  if ((await listOrganisations(deps, signedIn)).length >= mostOrganisations)
    throw new ProblemError('no-room', {
      detail: `You belong to ${mostOrganisations} organisations, and can make no more.`,
    })
  await store.insertOrganisation(unit.tx, organisation, body.kind, body.name)
  const { id: user, name, email } = signedIn.user
  await insertMember(unit.tx, { organisation, user, name, email, role: 'owner' })
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
  const memberships = signedIn ? await findMemberships(deps.directory, signedIn.user.id) : []
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
