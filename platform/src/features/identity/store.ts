import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Actor, Role } from '../../db/unit-of-work.ts'

declare module '../../db/database.ts' {
  interface Database {
    organisations: {
      organisation_id: string
      kind: Actor['organisationKind']
      name: string
      stopped_at: Date | null
      /** Why the platform stopped it; while it stands, its own people cannot take the stop back. */
      stopped_by_platform: string | null
      created_at: Generated<Date>
    }
    members: {
      organisation_id: string
      id: Generated<string>
      user_id: string
      name: string
      email: string
      role: Role
      created_at: Generated<Date>
    }
    invitations: {
      organisation_id: string
      id: Generated<string>
      email: string
      role: Role
      secret_hash: string
      expires_at: Date
      accepted_at: Date | null
      created_at: Generated<Date>
    }
    api_tokens: {
      organisation_id: string
      id: Generated<string>
      user_id: string
      name: string
      hint: string
      secret_hash: string
      role: Role
      scopes: string[]
      expires_at: Date | null
      revoked_at: Date | null
      last_used_at: Date | null
      created_at: Generated<Date>
    }
    'directory.memberships': {
      user_id: string
      organisation_id: string
      member_id: string
      role: Role
      kind: Actor['organisationKind']
      name: string
    }
    'directory.tokens': {
      secret_hash: string
      organisation_id: string
      id: string
      user_id: string
      role: Role
      scopes: string[]
      kind: Actor['organisationKind']
      is_stopped: boolean
    }
    'directory.platform': { organisation_id: string }
    'directory.invitations': {
      secret_hash: string
      organisation_id: string
      id: string
      email: string
      role: Role
      kind: Actor['organisationKind']
    }
  }
}

type Tx = Transaction<Database>

export function findMemberships(directory: Kysely<Database>, user: string) {
  return directory
    .selectFrom('directory.memberships')
    .select(['organisation_id', 'role', 'kind', 'name', 'member_id'])
    .where('user_id', '=', user)
    .orderBy('organisation_id')
    .execute()
}

/** The organisation that runs the marketplace; none before somebody was invited to it. */
export function findPlatform(directory: Kysely<Database>) {
  return directory.selectFrom('directory.platform').select('organisation_id').executeTakeFirst()
}

export function findToken(directory: Kysely<Database>, secretHash: string) {
  return directory
    .selectFrom('directory.tokens')
    .select(['organisation_id', 'id', 'user_id', 'role', 'scopes', 'kind', 'is_stopped'])
    .where('secret_hash', '=', secretHash)
    .executeTakeFirst()
}

/** Of these tokens (UUIDs), those that are neither over, revoked nor stopped. */
export async function listLiveTokens(directory: Kysely<Database>, ids: readonly string[]) {
  if (ids.length === 0) return []
  return directory
    .selectFrom('directory.tokens')
    .select('id')
    .where('id', 'in', [...ids])
    .where('is_stopped', '=', false)
    .execute()
}

/** Where these people (UUIDs) belong. */
export async function listMembershipsOf(directory: Kysely<Database>, users: readonly string[]) {
  if (users.length === 0) return []
  return directory
    .selectFrom('directory.memberships')
    .select(['user_id', 'organisation_id'])
    .where('user_id', 'in', [...users])
    .execute()
}

export function findInvitation(directory: Kysely<Database>, secretHash: string) {
  return directory
    .selectFrom('directory.invitations')
    .select(['organisation_id', 'id', 'email', 'role', 'kind'])
    .where('secret_hash', '=', secretHash)
    .executeTakeFirst()
}

export async function insertOrganisation(tx: Tx, id: string, kind: Actor['organisationKind'], name: string) {
  await tx
    .insertInto('organisations')
    .values({ organisation_id: id, kind, name, stopped_at: null, stopped_by_platform: null })
    .execute()
}

export function findOrganisation(tx: Tx) {
  return tx
    .selectFrom('organisations')
    .select(['organisation_id', 'kind', 'name', 'stopped_at', 'stopped_by_platform', 'created_at'])
    .executeTakeFirstOrThrow()
}

export async function setOrganisationName(tx: Tx, name: string) {
  await tx.updateTable('organisations').set({ name }).execute()
}

export async function setStopped(tx: Tx, stoppedAt: Date | null) {
  await tx.updateTable('organisations').set({ stopped_at: stoppedAt }).execute()
}

/** A stop of its own from before stays what it is. */
export async function stopByPlatform(tx: Tx, reason: string) {
  await tx
    .updateTable('organisations')
    .set({ stopped_at: sql`coalesce(stopped_at, now())`, stopped_by_platform: reason })
    .execute()
}

/** Takes the platform's stop back; one of its own from before that moment stands. */
export async function resumeByPlatform(tx: Tx, stoppedAt: Date) {
  await tx
    .updateTable('organisations')
    .set({
      stopped_at: sql`case when stopped_at < ${stoppedAt} then stopped_at end`,
      stopped_by_platform: null,
    })
    .execute()
}

export interface NewMember {
  organisation: string
  user: string
  name: string
  email: string
  role: Role
}

/** Makes a member. Whoever is one already keeps the higher role of the two: an invitation takes nothing away. */
export function insertMember(tx: Tx, member: NewMember) {
  return tx
    .insertInto('members')
    .values({
      organisation_id: member.organisation,
      user_id: member.user,
      name: member.name,
      email: member.email,
      role: member.role,
    })
    .onConflict((oc) =>
      oc.columns(['organisation_id', 'user_id']).doUpdateSet({
        role: sql<Role>`case
          when 'owner' in (members.role, excluded.role) then 'owner'
          when members.role = 'viewer' then excluded.role
          else members.role
        end`,
      }),
    )
    .returning(['id', 'user_id', 'name', 'email', 'role', 'created_at'])
    .executeTakeFirstOrThrow()
}

const memberColumns = ['id', 'user_id', 'name', 'email', 'role', 'created_at'] as const

export function listMembers(tx: Tx) {
  return tx.selectFrom('members').select(memberColumns).orderBy('id').execute()
}

export function lockMembers(tx: Tx) {
  return tx.selectFrom('members').select(memberColumns).orderBy('id').forUpdate().execute()
}

export async function setMemberRole(tx: Tx, id: string, role: Role) {
  await tx.updateTable('members').set({ role }).where('id', '=', id).execute()
}

export async function deleteMember(tx: Tx, id: string) {
  await tx.deleteFrom('members').where('id', '=', id).execute()
}

export function insertInvitation(
  tx: Tx,
  row: { organisation: string; email: string; role: Role; secretHash: string; expiresAt: Date },
) {
  return tx
    .insertInto('invitations')
    .values({
      organisation_id: row.organisation,
      email: row.email,
      role: row.role,
      secret_hash: row.secretHash,
      expires_at: row.expiresAt,
      accepted_at: null,
    })
    .returning(['id', 'email', 'role', 'expires_at', 'accepted_at', 'created_at'])
    .executeTakeFirstOrThrow()
}

export function listInvitations(tx: Tx) {
  return tx
    .selectFrom('invitations')
    .select(['id', 'email', 'role', 'expires_at', 'accepted_at', 'created_at'])
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', new Date())
    .orderBy('id')
    .execute()
}

/** Takes an open invitation back; false when it was used, is over or was never there. */
export async function deleteInvitation(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('invitations')
    .where('accepted_at', 'is', null)
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numDeletedRows === 1n
}

export async function markInvitationAccepted(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('invitations')
    .set({ accepted_at: new Date() })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

const tokenColumns = [
  'id',
  'name',
  'hint',
  'role',
  'scopes',
  'expires_at',
  'revoked_at',
  'last_used_at',
  'created_at',
] as const

export interface NewToken {
  organisation: string
  user: string
  name: string
  hint: string
  secretHash: string
  role: Role
  scopes: string[]
  expiresAt: Date | null
}

export function insertToken(tx: Tx, token: NewToken) {
  return tx
    .insertInto('api_tokens')
    .values({
      organisation_id: token.organisation,
      user_id: token.user,
      name: token.name,
      hint: token.hint,
      secret_hash: token.secretHash,
      role: token.role,
      scopes: token.scopes,
      expires_at: token.expiresAt,
      revoked_at: null,
      last_used_at: null,
    })
    .returning(tokenColumns)
    .executeTakeFirstOrThrow()
}

export function listTokens(tx: Tx) {
  return tx.selectFrom('api_tokens').select(tokenColumns).orderBy('id', 'desc').execute()
}

/** Tokens that are neither revoked nor over. */
export async function countStandingTokens(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('api_tokens')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', new Date())]))
    .executeTakeFirstOrThrow()
  return row.count
}

export function findTokenMaker(tx: Tx, id: string) {
  return tx.selectFrom('api_tokens').select('user_id').where('id', '=', id).executeTakeFirst()
}

export async function revokeToken(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('api_tokens')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
