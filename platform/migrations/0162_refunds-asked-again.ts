import { sql, type Kysely } from 'kysely'

/** Makes it possible to give back after a dispute that was won what Stripe refused while it was open. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.refunds add column asked_again_at timestamptz`.execute(db)
  await sql`grant update (promotional, asked_again_at) on bizq.refunds to bizq_app`.execute(db)
}
