import { sql, type Kysely } from 'kysely'

/** Makes it possible to see what an endpoint answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.webhook_deliveries add column response text check (length(response) <= 2000), add column attempted_at timestamptz`.execute(
    db,
  )
}
