import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Actor, Role } from '../../db/unit-of-work.ts'

declare module '../../db/database.ts' {
  interface Database {
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
    'directory.memberships': {
      user_id: string
      organisation_id: string
      member_id: string
      role: Role
      kind: Actor['organisationKind']
      name: string
    }
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
