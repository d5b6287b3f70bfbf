import { sql, type Kysely } from 'kysely'

/** Makes it possible to read what a service came to in a month: in its own words, or in the platform's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.reports (
    organisation_id uuid not null, id uuid not null default uuidv7(), subscription_id uuid not null, business_id uuid not null,
    month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'), version text not null,
    source text not null check (source in ('service', 'platform')), report jsonb not null, problem text, made_at timestamptz not null default now(),
    primary key (organisation_id, id), unique (organisation_id, subscription_id, month),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`.execute(db)
  await sql`select bizq.protect('bizq.reports')`.execute(db)
}
