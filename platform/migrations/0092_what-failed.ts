import { sql, type Kysely } from 'kysely'

/** Makes it quick to find what failed among very many executions, at no cost for those that succeed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on bizq.provider_executions (organisation_id, service_id, error_name, written_in desc, id desc)
    where error_name is not null`.execute(db)
  await sql`create index on bizq.provider_executions (organisation_id, service_id, outcome, written_in desc, id desc)
    where outcome <> 'succeeded'`.execute(db)
}
