import { sql, type Kysely } from 'kysely'

/** Makes it possible for an operator to say what happens to proposals, and to try a policy on those of the past. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.policies (
    organisation_id uuid not null references bizq.organisations, id uuid not null, name text not null,
    is_enabled boolean not null, body jsonb not null, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), primary key (organisation_id, id))`.execute(db)
  await sql`create table bizq.policy_facts (
    organisation_id uuid not null references bizq.organisations, action_id uuid not null, facts jsonb not null,
    outcome text not null check (outcome in ('apply', 'apply-and-tell', 'ask', 'ask-two', 'block')),
    at timestamptz not null default now(), primary key (organisation_id, action_id))`.execute(db)
  await sql`create index on bizq.policy_facts (organisation_id, at)`.execute(db)
  await sql`select bizq.protect('bizq.policies'), bizq.protect('bizq.policy_facts')`.execute(db)
}
