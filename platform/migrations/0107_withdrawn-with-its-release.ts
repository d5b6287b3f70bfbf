import { sql, type Kysely } from 'kysely'

/** Makes it possible to let go what a release proposed when it is taken back, wherever it waits for a decision. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on bizq.actions (release_id, organisation_id) where state in ('proposed', 'awaiting-second')`.execute(
    db,
  )
  await sql`create view directory.undecided_releases as
    select distinct organisation_id, release_id from bizq.actions where state in ('proposed', 'awaiting-second')`.execute(
    db,
  )
  await sql`grant select on directory.undecided_releases to bizq_directory`.execute(db)
}
