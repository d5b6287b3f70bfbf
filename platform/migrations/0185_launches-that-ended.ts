import { sql, type Kysely } from 'kysely'

/** Makes it possible to name a launch provider again within its first twelve months, and to know when it was none between. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // Each time that a launch ended before its provider was named again; what stands now is in launch_providers.
  `create table bizq.launch_spans (
    organisation_id uuid not null, provider_id uuid not null, from_at timestamptz not null, until_at timestamptz not null,
    primary key (organisation_id, provider_id, from_at), check (until_at > from_at),
    foreign key (organisation_id, provider_id) references bizq.launch_providers (organisation_id, provider_id))`,
  `select bizq.protect('bizq.launch_spans')`,
  `revoke update, delete on bizq.launch_spans from bizq_app`,
  `select bizq.open_to_directory('bizq.launch_spans')`,
  `create or replace view directory.launch_providers as
    select provider_id, from_at, least(until_at, coalesce(ended_at, until_at)) as until_at from bizq.launch_providers
    union all select provider_id, from_at, until_at from bizq.launch_spans`,
]
