import { sql, type Kysely } from 'kysely'

/** Makes it possible to say of each subscriber whether it ran lately, without looking through all that a service did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on bizq.provider_executions (organisation_id, subscriber_id, day desc)`.execute(db)
}
