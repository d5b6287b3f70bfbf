import { randomBytes, randomUUID } from 'node:crypto'
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
import { requireRoom } from '../../http/room.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { SignedIn } from './better-auth.ts'
import { requirePossibleRole } from './roles.ts'
import type { Invitation, Member, NewInvitation, Organisation } from './schemas.ts'
import { hash } from './secret-hash.ts'
import { getOrganisation } from './service.ts'
import * as store from './member-store.ts'
import * as organisations from './store.ts'

const day = 86_400_000

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
  await requireRoom(unit, 'invitations', async () => (await store.listInvitations(unit.tx)).length)
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

/** By the database: it is never another once there is one. */
const platforms = new WeakMap<Deps['directory'], string>()

/** The organisation (UUID) that runs the marketplace; it is made if there is none yet. */
export async function ensurePlatform(deps: Pick<Deps, 'directory'> & UnitSource): Promise<string> {
  const known = platforms.get(deps.directory) ?? (await findOrMakePlatform(deps))
  platforms.set(deps.directory, known)
  return known
}

async function findOrMakePlatform(deps: Pick<Deps, 'directory'> & UnitSource): Promise<string> {
  const known = await organisations.findPlatform(deps.directory)
  if (known) return known.organisation_id
  const actor = systemActor(randomUUID(), 'platform')
  try {
    await withUnitOfWork(deps, actor, async (unit) => {
      const { organisation } = actor
      await organisations.insertOrganisation(unit.tx, organisation, 'platform', 'BizQ')
      const id = encodeId(idPrefixes.organisation, organisation)
      await audit(unit, 'organisation.create', { organisation: id, kind: 'platform' })
    })
    return actor.organisation
  } catch (error) {
    // There is one: who came first has made it.
    const made = await organisations.findPlatform(deps.directory)
    if (made) return made.organisation_id
    throw error
  }
}

/**
 * Invites the first owners of the organisation that runs the marketplace. For whoever runs the installation:
 * nobody is asked here who they are.
 */
export async function invitePlatformOwner(
  deps: Pick<Deps, 'directory'> & UnitSource,
  email: string,
): Promise<z.infer<typeof NewInvitation>> {
  const platform = await ensurePlatform(deps)
  return withUnitOfWork(deps, systemActor(platform, 'platform'), (unit) => invite(unit, email, 'owner'))
}

export async function listInvitations(unit: UnitOfWork): Promise<z.infer<typeof Invitation>[]> {
  return (await store.listInvitations(unit.tx)).map(toInvitation)
}

/** Takes an invitation back: nobody can join by it any more. */
export async function withdrawInvitation(unit: UnitOfWork, id: string): Promise<void> {
  requireRole(unit.actor, 'owner')
  if (!(await store.deleteInvitation(unit.tx, decodeId(idPrefixes.invitation, id))))
    throw new ProblemError('not-found', { detail: 'There is no such open invitation.' })
  await audit(unit, 'member.withdraw-invitation', { invitation: id })
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
