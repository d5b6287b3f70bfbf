import { sql, type Kysely } from 'kysely'

/** Makes it possible to try a payment by hand without losing any of the days that are left for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.invoices add failing_since timestamptz`.execute(db)
}
