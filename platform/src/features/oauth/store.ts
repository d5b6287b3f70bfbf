import type { JWK } from 'jose'
import type { Generated, Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Actor, Role } from '../../db/unit-of-work.ts'

export type ClientKind = 'service' | 'app'

interface ConsentTable {
  organisation_id: string
  id: Generated<string>
  user_id: string
  client: string
  client_name: string
  scopes: string[]
  created_at: Generated<Date>
  revoked_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    oauth_clients: {
      organisation_id: string
      id: Generated<string>
      kind: ClientKind
      name: string
      keys: JWK[]
      redirect_uris: string[]
      scopes: string[]
      created_at: Generated<Date>
      rotated_at: Date | null
      deleted_at: Date | null
    }
    oauth_consents: ConsentTable
    'directory.oauth_clients': {
      id: string
      organisation_id: string
      publisher: string
      kind: ClientKind
      name: string
      keys: JWK[]
      redirect_uris: string[]
      scopes: string[]
    }
    'directory.oauth_consents': {
      id: string
      organisation_id: string
      user_id: string
      client: string
      scopes: string[]
      role: Role
      kind: Actor['organisationKind']
      is_stopped: boolean
    }
    'directory.remote_trials': { organisation_id: string; trial: string }
    'directory.provider_grants': {
      id: string
      organisation_id: string
      provider_id: string
      is_open: boolean
    }
  }
}

type Tx = Transaction<Database>
const clientColumns = [
  'id',
  'kind',
  'name',
  'keys',
  'redirect_uris',
  'scopes',
  'created_at',
  'rotated_at',
] as const
export type ClientRow = Awaited<ReturnType<typeof listClients>>[number]

export interface NewClientRow {
  organisation: string
  kind: ClientKind
  name: string
  keys: JWK[]
  redirectUris: string[]
  scopes: string[]
}

const asJson = (keys: JWK[]) => JSON.stringify(keys) as unknown as JWK[]

export function insertClient(tx: Tx, client: NewClientRow) {
  return tx
    .insertInto('oauth_clients')
    .values({
      organisation_id: client.organisation,
      kind: client.kind,
      name: client.name,
      keys: asJson(client.keys),
      redirect_uris: client.redirectUris,
      scopes: client.scopes,
      rotated_at: null,
      deleted_at: null,
    })
    .returning(clientColumns)
    .executeTakeFirstOrThrow()
}

export function listClients(tx: Tx) {
  return tx
    .selectFrom('oauth_clients')
    .select(clientColumns)
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .execute()
}

/** Puts other keys in the place of a client's. */
export function replaceKeys(tx: Tx, id: string, keys: JWK[]) {
  return tx
    .updateTable('oauth_clients')
    .set({ keys: asJson(keys), rotated_at: new Date() })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning(clientColumns)
    .executeTakeFirst()
}

export async function deleteClient(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('oauth_clients')
    .set({ deleted_at: new Date() })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** A client of whichever provider. */
export function findClient(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.oauth_clients')
    .select(['id', 'organisation_id', 'publisher', 'kind', 'name', 'keys', 'redirect_uris', 'scopes'])
    .where('id', '=', id)
    .executeTakeFirst()
}
export type FoundClient = NonNullable<Awaited<ReturnType<typeof findClient>>>

/** A grant of whichever operator, as the one who serves its provider sees it. */
export function findProviderGrant(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.provider_grants')
    .select(['organisation_id', 'provider_id', 'is_open'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** A trial of a service on its provider's own server: it stands for a grant. */
export function findTrial(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.remote_trials')
    .select('organisation_id')
    .where('trial', '=', id)
    .limit(1)
    .executeTakeFirst()
}

export function findConsent(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.oauth_consents')
    .select(['organisation_id', 'user_id', 'client', 'scopes', 'role', 'kind', 'is_stopped'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Of these consents (UUIDs), those that stand, with their clients. */
export function findConsents(directory: Kysely<Database>, ids: readonly string[]) {
  if (ids.length === 0) return Promise.resolve([])
  return directory
    .selectFrom('directory.oauth_consents')
    .select(['id', 'client', 'is_stopped'])
    .where('id', 'in', [...ids])
    .execute()
}

const consentColumns = ['id', 'user_id', 'client', 'client_name', 'scopes', 'created_at'] as const
export type ConsentRow = Awaited<ReturnType<typeof listConsents>>[number]

export function insertConsent(
  tx: Tx,
  consent: { organisation: string; user: string; client: string; clientName: string; scopes: string[] },
) {
  return tx
    .insertInto('oauth_consents')
    .values({
      organisation_id: consent.organisation,
      user_id: consent.user,
      client: consent.client,
      client_name: consent.clientName,
      scopes: consent.scopes,
      revoked_at: null,
    })
    .returning(consentColumns)
    .executeTakeFirstOrThrow()
}

export function listConsents(tx: Tx) {
  return tx
    .selectFrom('oauth_consents')
    .select(consentColumns)
    .where('revoked_at', 'is', null)
    .orderBy('id', 'desc')
    .execute()
}

export async function revokeConsent(tx: Tx, id: string, user?: string): Promise<boolean> {
  let query = tx
    .updateTable('oauth_consents')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
  if (user !== undefined) query = query.where('user_id', '=', user)
  return (await query.executeTakeFirst()).numUpdatedRows === 1n
}
