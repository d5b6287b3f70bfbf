import type { Generated, Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Actor, Role } from '../../db/unit-of-work.ts'

declare module '../../db/database.ts' {
  interface Database {
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
  }
}

type Tx = Transaction<Database>

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
