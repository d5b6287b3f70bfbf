import { sql, type Kysely } from 'kysely'

/** Tells when the names that redaction must find in a business's texts have changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table data.redactions (
    organisation_id uuid not null, business_id uuid not null, names_version bigint not null default 0,
    has_redacted boolean not null default false, primary key (organisation_id, business_id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`.execute(db)
  await sql`select bizq.protect('data.redactions')`.execute(db)
}
