import { sql, type Kysely } from 'kysely'

/** Makes it possible to measure the availability of services by what their calls came to, and to give back what its lack was worth. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...lines, ...tables, ...views]) await sql.raw(statement).execute(db)
}

const line =
  'uuid, uuid, uuid, uuid, uuid, text, double precision, double precision, text, jsonb, integer, timestamptz, boolean'
const lines = [
  // The minute of a call, which no provider is told, and whether its failure was the platform's own. Of lines from before nothing is measured.
  `alter table bizq.provider_executions add column at timestamptz, add column is_ours boolean not null default false`,
  `create index on bizq.provider_executions using brin (at)`,
  `drop function bizq.tell_provider_execution(uuid, uuid, uuid, uuid, uuid, text, double precision, double precision, text, jsonb, integer)`,
  `create function bizq.tell_provider_execution(line uuid, provider uuid, subscriber uuid, service uuid, release uuid, new_outcome text,
      wall double precision, cpu double precision, error text, positions jsonb, proposals integer, moment timestamptz, ours boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome, wall_ms, cpu_ms, error_name, stack,
          proposal_count, at, is_ours)
        values (provider, line, subscriber, service, release, new_outcome, wall, cpu, error, positions, proposals,
          date_trunc('minute', moment, 'UTC'), ours);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider_execution(${line}) from public`,
  `grant execute on function bizq.tell_provider_execution(${line}) to bizq_app`,
]

const tables = [
  // Of the platform's organisation: up to which minute the calls of all services were looked at.
  `create table bizq.availability_runs (
    organisation_id uuid not null references bizq.organisations, measured_until timestamptz not null, primary key (organisation_id))`,
  // Of the provider's: a service whose last call failed, with its minute.
  `create table bizq.services_down (
    organisation_id uuid not null, service_id uuid not null, failed_at timestamptz not null, primary key (organisation_id, service_id))`,
  `create table bizq.availability_days (
    organisation_id uuid not null, service_id uuid not null, day date not null,
    minutes_down integer not null check (minutes_down between 1 and 1440), primary key (organisation_id, service_id, day))`,
  // Months that are over, of services that were called in them.
  `create table bizq.availability_months (
    organisation_id uuid not null, service_id uuid not null, month date not null check (extract(day from month) = 1),
    minutes integer not null check (minutes > 0), minutes_down integer not null check (minutes_down between 0 and minutes),
    subscribers integer not null, primary key (organisation_id, service_id, month))`,
  // That a provider was told of what its service's downtime cost, once for each month.
  `create table bizq.availability_credits (
    organisation_id uuid not null, service_id uuid not null, month date not null, told_at timestamptz not null,
    primary key (organisation_id, service_id, month))`,
  ...[
    'availability_runs',
    'services_down',
    'availability_days',
    'availability_months',
    'availability_credits',
  ].map((table) => `select bizq.protect('bizq.${table}')`),
  `revoke delete on bizq.availability_runs, bizq.availability_days, bizq.availability_months, bizq.availability_credits from bizq_app`,
  `revoke update on bizq.availability_months from bizq_app`,
  `create index on bizq.invoice_lines (service_id, to_at) where kind in ('monthly', 'catch-up')`,
]

const utcDay = (column: string) => `(${column} at time zone 'UTC')::date`
const views = [
  ...['services_down', 'availability_days', 'availability_months'].map(
    (table) => `select bizq.open_to_directory('bizq.${table}')`,
  ),
  `create view directory.service_calls as
    select organisation_id, service_id, subscriber_id, outcome, is_ours, at from bizq.provider_executions where at is not null`,
  `create view directory.services_down as select organisation_id, service_id, failed_at from bizq.services_down`,
  `create view directory.availability_months as
    select m.organisation_id, m.service_id, s.slug, m.month, m.minutes, m.minutes_down, m.subscribers
    from bizq.availability_months m join bizq.services s on s.organisation_id = m.organisation_id and s.id = m.service_id`,
  // What was paid for a service's time, with the minutes of its days that it was down; without what was credited for that before.
  `create view directory.lines_with_downtime as
    select l.organisation_id, l.id, l.service_id, l.provider_id, l.from_at, l.to_at, sum(d.minutes_down)::int as minutes_down,
      (${utcDay('l.to_at')} - ${utcDay('l.from_at')}) * 1440 as minutes
    from bizq.availability_days d
      join bizq.invoice_lines l on l.service_id = d.service_id and l.provider_id = d.organisation_id and l.kind in ('monthly', 'catch-up')
        and d.day >= ${utcDay('l.from_at')} and d.day < ${utcDay('l.to_at')}
      join bizq.invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id and i.state = 'paid'
    where not exists (select from bizq.refunds r where r.organisation_id = l.organisation_id and r.line_id = l.id and r.cause = 'downtime')
    group by l.organisation_id, l.id, l.service_id, l.provider_id, l.from_at, l.to_at`,
  `grant select on directory.service_calls, directory.services_down, directory.availability_months, directory.lines_with_downtime to bizq_directory`,
]
