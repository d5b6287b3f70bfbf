import { sql, type Kysely } from 'kysely'

/** Makes it possible to go to a smaller plan more than once within a period: each time something of the same line is given back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.take_backs drop constraint take_backs_organisation_id_line_id_cause_key`.execute(
    db,
  )
  await sql`create unique index one_take_back on bizq.take_backs (organisation_id, line_id, cause) where cause <> 'downgrade'`.execute(
    db,
  )
}
