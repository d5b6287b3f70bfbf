import { sql, type Kysely } from 'kysely'

/** Makes it possible to count what was decided since a canary began, not since its day. Rows of before are of no canary that begins now. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.provider_outcomes add column written_in xid8`.execute(db)
  await sql`alter table bizq.provider_outcomes alter column written_in set default pg_current_xact_id()`.execute(
    db,
  )
}
