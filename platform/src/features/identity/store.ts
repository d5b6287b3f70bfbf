import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Actor } from '../../db/unit-of-work.ts'

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
    'directory.platform': { organisation_id: string }
  }
}

type Tx = Transaction<Database>

/** The organisation that runs the marketplace; none before somebody was invited to it. */
export function findPlatform(directory: Kysely<Database>) {
  return directory.selectFrom('directory.platform').select('organisation_id').executeTakeFirst()
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
