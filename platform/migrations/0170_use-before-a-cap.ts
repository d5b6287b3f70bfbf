import { sql, type Kysely } from 'kysely'

/** Makes it possible to charge what was used before a cap was lowered: it was agreed to when it was used. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.usage_caps add column spent_before bigint check (spent_before >= 0)`.execute(db)
}
