import { sql, type Kysely } from 'kysely'

/** Makes it possible to send every effect to the operator's own systems, signed, for as long as they are down. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.webhook_endpoints (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), url text not null,
    events text[] not null, secret_sealed bytea not null, is_on boolean not null default true, off_reason text, rests_until timestamptz,
    created_at timestamptz not null default now(), primary key (organisation_id, id))`.execute(db)
  await sql`create table bizq.webhook_deliveries (
    organisation_id uuid not null, id uuid not null default uuidv7(), endpoint_id uuid not null, event text not null, body text not null,
    state text not null check (state in ('pending', 'delivered', 'retrying', 'failed')), attempts integer not null default 0,
    status integer, detail text, next_attempt_at timestamptz, created_at timestamptz not null default now(), ended_at timestamptz,
    primary key (organisation_id, id),
    foreign key (organisation_id, endpoint_id) references bizq.webhook_endpoints (organisation_id, id) on delete cascade)`.execute(
    db,
  )
  await sql`create index on bizq.webhook_deliveries (organisation_id, endpoint_id, id desc)`.execute(db)
  await sql`select bizq.protect('bizq.webhook_endpoints'), bizq.protect('bizq.webhook_deliveries')`.execute(
    db,
  )
}
