import { sql, type Kysely } from 'kysely'

/** Makes it possible to show a provider its executions, its subscribers and figures over five of them or more; and to share one log. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...lines, ...outcomes, ...endings, ...figures, ...views])
    await sql.raw(statement).execute(db)
}

const line = 'uuid, uuid, uuid, uuid, uuid, text, double precision, double precision, text, jsonb, integer'
const lines = [
  // The provider's line of an execution, known to the operator's row alone; and since when its log is shared.
  `alter table bizq.executions add column told_as uuid, add column log_shared_at timestamptz`,
  `create index on bizq.executions (told_as) where log_shared_at is not null`,
  `alter table bizq.provider_executions add column proposal_count integer not null default 0,
    add column written_in xid8 not null default pg_current_xact_id()`,
  `create index on bizq.provider_executions (organisation_id, service_id, written_in desc, id desc)`,
  `create index on bizq.provider_executions (organisation_id, service_id, day)`,
  `drop function bizq.tell_provider_execution(uuid, uuid, uuid, uuid, text, double precision, double precision, text, jsonb)`,
  `create function bizq.tell_provider_execution(line uuid, provider uuid, subscriber uuid, service uuid, release uuid, new_outcome text,
      wall double precision, cpu double precision, error text, positions jsonb, proposals integer)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome, wall_ms, cpu_ms, error_name, stack, proposal_count)
        values (provider, line, subscriber, service, release, new_outcome, wall, cpu, error, positions, proposals);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider_execution(${line}) from public`,
  `grant execute on function bizq.tell_provider_execution(${line}) to bizq_app`,
]

const outcome = 'uuid, uuid, uuid, uuid, uuid, text, text, text, text, jsonb'
const outcomes = [
  `alter table bizq.provider_outcomes add column release_id uuid`,
  `drop function bizq.tell_provider_outcome(uuid, uuid, uuid, uuid, text, text, text, text, jsonb)`,
  `create function bizq.tell_provider_outcome(provider uuid, subscriber uuid, service uuid, release uuid, ref uuid, action_type text, new_outcome text, code text, words text, edited jsonb)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, release_id, proposal, type, outcome, reason_code, reason_text, parameters)
        values (provider, subscriber, service, release, ref, action_type, new_outcome, code, words, edited);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider_outcome(${outcome}) from public`,
  `grant execute on function bizq.tell_provider_outcome(${outcome}) to bizq_app`,
]

const ending = 'uuid, uuid, uuid, uuid, boolean, text, text'
const endings = [
  // Why a subscription ended. Its id tells no moment, as that of an outcome does not.
  `create table bizq.provider_endings (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), subscriber_id uuid not null, service_id uuid not null,
    release_id uuid not null, was_trial boolean not null, reason_code text, reason_text text, day date not null default current_date,
    primary key (organisation_id, id))`,
  `create index on bizq.provider_endings (organisation_id, service_id, day)`,
  `select bizq.protect('bizq.provider_endings')`,
  `revoke insert, update, delete on bizq.provider_endings from bizq_app`,
  `create function bizq.tell_provider_ending(provider uuid, subscriber uuid, service uuid, release uuid, in_trial boolean, code text, words text)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_endings (organisation_id, subscriber_id, service_id, release_id, was_trial, reason_code, reason_text)
        values (provider, subscriber, service, release, in_trial, code, words);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider_ending(${ending}) from public`,
  `grant execute on function bizq.tell_provider_ending(${ending}) to bizq_app`,
]

const figures = [
  // What is told: sums over whole days that five subscribers or more stand behind. Days never lie in two rows of one cell.
  `create table bizq.provider_figures (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), service_id uuid not null, release_id uuid,
    kind text not null check (kind in ('executions', 'decisions', 'endings')), part text not null,
    from_day date not null, to_day date not null check (to_day >= from_day), figures jsonb not null,
    primary key (organisation_id, id),
    unique nulls not distinct (organisation_id, service_id, kind, release_id, part, to_day))`,
  `create index on bizq.provider_figures (organisation_id, service_id, to_day)`,
  `create table bizq.provider_figure_days (
    organisation_id uuid not null, service_id uuid not null, told_until date not null, primary key (organisation_id, service_id))`,
  `select bizq.protect('bizq.provider_figures')`,
  `select bizq.protect('bizq.provider_figure_days')`,
  `revoke update, delete on bizq.provider_figures from bizq_app`,
  `revoke delete on bizq.provider_figure_days from bizq_app`,
  `select bizq.open_to_directory('bizq.provider_figures')`,
]

const views = [
  `create view directory.shared_logs as
    select provider_id, told_as as line_id, log from bizq.executions where log_shared_at is not null`,
  `create view directory.subscribed_services as
    select distinct provider_id as organisation_id, service_id from bizq.subscriptions`,
  `create view directory.service_figures as
    select service_id, release_id, kind, part, from_day, to_day, figures from bizq.provider_figures where kind <> 'endings'`,
  `grant select on directory.shared_logs, directory.subscribed_services, directory.service_figures to bizq_directory`,
]
