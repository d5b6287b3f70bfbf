import { sql, type Kysely } from 'kysely'

/** Makes it possible to run services: on schedule, on new data and by hand, with what was delivered kept for replay. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...rights, ...directory, ...tellingTheProvider])
    await sql.raw(statement).execute(db)
}

const subscription = `foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id)`

const tables = [
  `create table bizq.execution_inputs (
    organisation_id uuid not null, subscription_id uuid not null, digest text not null, content bytea not null, byte_count integer not null,
    created_at timestamptz not null default now(), expires_at timestamptz not null,
    primary key (organisation_id, subscription_id, digest), ${subscription})`,
  `alter table bizq.execution_inputs alter column content set storage external`,
  `create index on bizq.execution_inputs (expires_at)`,
  `create table bizq.executions (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null, subscription_id uuid not null,
    grant_id uuid not null, service_id uuid not null, provider_id uuid not null, release_id uuid not null, subscriber_id uuid not null,
    state text not null check (state in ('queued', 'waiting', 'running', 'succeeded', 'failed', 'refused', 'cancelled')),
    trigger text not null check (trigger in ('schedule', 'new-data', 'hand', 'bulk', 'retry', 'test', 'shadow')),
    outcome text, reason text, attempts integer not null default 0, losses integer not null default 0,
    queued_at timestamptz not null default now(), next_attempt_at timestamptz, started_at timestamptz, finished_at timestamptz, frozen_at timestamptz,
    input_digest text, input_rows jsonb, input_bytes bigint, settings jsonb, state_before jsonb, limits jsonb,
    output text, output_digest text, metrics jsonb, recommendations jsonb, dropped jsonb, action_count integer,
    log text not null default '', error jsonb, receipt text, cpu_ms double precision, wall_ms double precision, peak_rss_mib double precision,
    primary key (organisation_id, id), ${subscription},
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id),
    foreign key (organisation_id, grant_id) references bizq.grants (organisation_id, id))`,
  `create unique index one_open_execution on bizq.executions (organisation_id, subscription_id) where state in ('queued', 'waiting', 'running')`,
  `create index on bizq.executions (organisation_id, subscription_id, id desc)`,
  `create index on bizq.executions (organisation_id, business_id, service_id, id desc)`,
  `create table bizq.execution_schedules (
    organisation_id uuid not null, subscription_id uuid not null, next_run_at timestamptz, state jsonb, updated_at timestamptz not null default now(),
    primary key (organisation_id, subscription_id), ${subscription})`,
  `create index on bizq.execution_schedules (next_run_at) where next_run_at is not null`,
  // Of all tenants together: how often a release failed in a row. It says nothing of whom.
  `create table bizq.release_circuits (release_id uuid primary key, failures integer not null, opened_until timestamptz, updated_at timestamptz not null default now())`,
  `create table bizq.provider_executions (
    organisation_id uuid not null, id uuid not null default uuidv7(), subscriber_id uuid not null, service_id uuid not null, release_id uuid not null,
    outcome text not null, wall_ms double precision, cpu_ms double precision, error_name text, stack jsonb, day date not null default current_date,
    primary key (organisation_id, id))`,
  `create index on bizq.provider_executions (organisation_id, release_id, id desc)`,
]

const rights = [
  ...['execution_inputs', 'executions', 'execution_schedules', 'provider_executions'].map(
    (table) => `select bizq.protect('bizq.${table}')`,
  ),
  `revoke delete on bizq.executions from bizq_app`,
  `revoke insert, update, delete on bizq.provider_executions from bizq_app`,
  `grant select, insert, update on bizq.release_circuits to bizq_app`,
]

const directory = [
  ...['execution_schedules', 'execution_inputs', 'executions'].map(
    (table) => `select bizq.open_to_directory('bizq.${table}')`,
  ),
  `create view directory.due_schedules as
    select organisation_id, subscription_id from bizq.execution_schedules where next_run_at <= now()`,
  `create view directory.over_inputs as
    select organisation_id, subscription_id, digest from bizq.execution_inputs where expires_at <= now()`,
  `create view directory.left_executions as
    select organisation_id, id from bizq.executions where state = 'waiting' and next_attempt_at <= now() - interval '2 minutes'
      or state = 'queued' and queued_at <= now() - interval '2 minutes'
      or state = 'running' and started_at <= now() - interval '2 minutes'`,
  `grant select on directory.due_schedules, directory.over_inputs, directory.left_executions to bizq_directory`,
]

// What a provider learns of a live execution: outcome, timings, error class and positions in its own bundle.
const tellingTheProvider = [
  `create function bizq.tell_provider_execution(provider uuid, subscriber uuid, service uuid, release uuid, new_outcome text,
      wall double precision, cpu double precision, error text, positions jsonb)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_executions (organisation_id, subscriber_id, service_id, release_id, outcome, wall_ms, cpu_ms, error_name, stack)
        values (provider, subscriber, service, release, new_outcome, wall, cpu, error, positions);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider_execution(uuid, uuid, uuid, uuid, text, double precision, double precision, text, jsonb) from public`,
  `grant execute on function bizq.tell_provider_execution(uuid, uuid, uuid, uuid, text, double precision, double precision, text, jsonb) to bizq_app`,
]
