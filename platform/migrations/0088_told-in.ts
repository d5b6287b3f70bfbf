import { sql, type Kysely } from 'kysely'

/** Makes it possible to tell a provider of its canary only what five subscribers or more stand behind. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.rollouts add column told_in xid8`.execute(db)
}
