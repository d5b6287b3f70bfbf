import { sql, type Kysely } from 'kysely'

/** Makes it possible to certify a service on its provider's own server through the whole protocol, on made-up rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // A trial stands for a grant, and each of its rows for an execution; both belong to the provider itself.
  `create table bizq.remote_trials (
    organisation_id uuid not null, id uuid not null, service_id uuid not null, trial uuid not null,
    input_sealed bytea not null, output_sealed bytea, expires_at timestamptz not null,
    primary key (organisation_id, id), foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `create index on bizq.remote_trials (trial)`,
  `select bizq.protect('bizq.remote_trials')`,
  `select bizq.open_to_directory('bizq.remote_trials')`,
  `create view directory.remote_trials as
    select organisation_id, trial from bizq.remote_trials where expires_at > now()`,
  `grant select on directory.remote_trials to bizq_directory`,
  // The tokens of a trial, so that an answer that gives one away is found out. They open made-up rows alone.
  `create table auth.oauth_trial_tokens (
    token text primary key, trial text not null, payload_sealed bytea not null, expires_at timestamptz not null)`,
  `create index on auth.oauth_trial_tokens (trial)`,
  `create index on auth.oauth_trial_tokens (expires_at)`,
  `grant select, insert, delete on auth.oauth_trial_tokens to bizq_auth`,
]
