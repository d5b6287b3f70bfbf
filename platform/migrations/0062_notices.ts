import { sql, type Kysely } from 'kysely'

/** Makes it possible to find at once the executions of which no proposal stood. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on bizq.executions (organisation_id, id desc)
    where state = 'succeeded' and action_count = 0 and dropped <> '[]'`.execute(db)
}
