import { sql, type Kysely } from 'kysely'

/** Makes it possible to tell a provider of a month without a success, and of downtime, as what they are: not as a refund. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.earning_reversals drop constraint earning_reversals_cause_check`.execute(db)
  await sql`alter table bizq.earning_reversals add constraint earning_reversals_cause_check
    check (cause in ('refund', 'no-execution', 'downtime', 'dispute', 'dispute-won'))`.execute(db)
}
