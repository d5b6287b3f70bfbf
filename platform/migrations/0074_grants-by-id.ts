import { sql, type Kysely } from 'kysely'

/** Makes it possible to find a grant of whichever organisation without looking through all, at every use of a provider's token. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on bizq.grants (id)`.execute(db)
}
