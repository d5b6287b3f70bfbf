import { sql, type Kysely } from 'kysely'

/** Makes it possible to change the plan at once and to say which businesses go on being served. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.billing_accounts add plan_change jsonb, add kept_businesses jsonb`.execute(db)
}
