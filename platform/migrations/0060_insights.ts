import { sql, type Kysely } from 'kysely'

/** Makes it possible to show a thousand businesses at once: what each comes to, computed when its data changes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.insights (
    organisation_id uuid not null, business_id uuid not null, computed_at timestamptz not null default now(),
    day date not null, body jsonb not null, primary key (organisation_id, business_id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`.execute(db)
  await sql`select bizq.protect('bizq.insights')`.execute(db)
}
