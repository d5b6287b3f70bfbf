import { sql, type Kysely } from 'kysely'

/** Makes it possible to be on a plan: accounts with a trial, charges of services, metered usage with a cap, and what rests. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...functions, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.billing_accounts (
    organisation_id uuid primary key references bizq.organisations,
    state text not null check (state in ('trialing', 'active', 'past_due', 'grace', 'paused', 'lapsed', 'cancelled')),
    plan text check (plan in ('starter', 'professional', 'enterprise')), currency text check (currency in ('USD', 'EUR', 'GBP')),
    created_at timestamptz not null, trial_ends_at timestamptz not null, anchor_at timestamptz,
    period_index integer not null default 0, period_start timestamptz not null, period_end timestamptz not null,
    due_at timestamptz, ends_at timestamptz, failing_since timestamptz, grace_ends_at timestamptz,
    clock_ahead_ms bigint not null default 0 check (clock_ahead_ms >= 0),
    stripe_customer text, stripe_clock text, payment_method jsonb,
    check (period_start <= period_end), check ((plan is null) = (currency is null)))`,
  `create table bizq.resting_businesses (
    organisation_id uuid not null, business_id uuid not null, since timestamptz not null,
    primary key (organisation_id, business_id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create table bizq.service_trials (
    organisation_id uuid not null, business_id uuid not null, service_id uuid not null,
    began_at timestamptz not null, ends_at timestamptz not null,
    primary key (organisation_id, business_id, service_id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create table bizq.service_charges (
    organisation_id uuid not null, id uuid not null default uuidv7(), subscription_id uuid not null, business_id uuid not null,
    service_id uuid not null, provider_id uuid not null, price jsonb not null, from_at timestamptz not null, to_at timestamptz,
    ended_because text, billed_until timestamptz, created_at timestamptz not null default now(),
    primary key (organisation_id, id), check (to_at >= from_at), check ((to_at is null) = (ended_because is null)),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`,
  `create unique index one_open_charge on bizq.service_charges (organisation_id, subscription_id) where to_at is null`,
  `create index on bizq.service_charges (organisation_id, to_at)`,
  `create table bizq.usage_records (
    organisation_id uuid not null, id uuid not null default uuidv7(), subscription_id uuid not null, business_id uuid not null,
    service_id uuid not null, provider_id uuid not null, unit text not null, per text not null, currency text not null,
    unit_price bigint not null check (unit_price >= 0), included integer not null check (included >= 0), cause_id uuid not null,
    at timestamptz not null, undone_at timestamptz, primary key (organisation_id, id), unique (organisation_id, cause_id, unit),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`,
  `create index on bizq.usage_records (organisation_id, subscription_id, at)`,
  `create table bizq.service_activity (
    organisation_id uuid not null, subscription_id uuid not null, day date not null, first_at timestamptz not null,
    last_at timestamptz not null, primary key (organisation_id, subscription_id, day),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`,
  `create table bizq.usage_caps (
    organisation_id uuid not null, subscription_id uuid not null, amount bigint check (amount >= 0), reached_at timestamptz,
    primary key (organisation_id, subscription_id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`,
  ...[
    'billing_accounts',
    'resting_businesses',
    'service_trials',
    'service_charges',
    'usage_records',
    'service_activity',
    'usage_caps',
  ].map((table) => `select bizq.protect('bizq.${table}')`),
  `revoke delete on bizq.billing_accounts, bizq.service_trials, bizq.service_charges, bizq.usage_records, bizq.service_activity from bizq_app`,
  `revoke update on bizq.service_trials, bizq.usage_records from bizq_app`,
  // Of what was metered, only that it was undone may be said afterwards.
  `grant update (undone_at) on bizq.usage_records to bizq_app`,
  `select bizq.open_to_directory('bizq.billing_accounts')`,
]

const functions = [
  // A trial of a service is each business's own and comes once: cancelling does not begin it anew.
  `create function bizq.begin_trial(business uuid, service uuid, days integer, at timestamptz) returns timestamptz
    language plpgsql set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      starts timestamptz := at + coalesce((select a.clock_ahead_ms from bizq.billing_accounts a where a.organisation_id = own), 0) * interval '1 millisecond';
      ends timestamptz;
    begin
      if days > 0 then
        insert into bizq.service_trials (organisation_id, business_id, service_id, began_at, ends_at)
          values (own, business, service, starts, starts + days * interval '24 hours') on conflict do nothing;
      end if;
      select t.ends_at into ends from bizq.service_trials t
        where t.organisation_id = own and t.business_id = business and t.service_id = service and t.ends_at > starts;
      return ends;
    end $$`,
  // Why nothing of a subscription runs at present though nobody paused it; null when it may.
  `create function bizq.held_back(tenant uuid, business uuid, subscription uuid) returns text
    language sql stable set search_path = pg_catalog, bizq as $$
      select case
        when (select a.state from bizq.billing_accounts a where a.organisation_id = tenant) in ('lapsed', 'cancelled') then 'no-plan'
        when (select a.state from bizq.billing_accounts a where a.organisation_id = tenant) = 'paused' then 'unpaid'
        when exists (select from bizq.resting_businesses r where r.organisation_id = tenant and r.business_id = business) then 'resting'
        when exists (select from bizq.usage_caps c where c.organisation_id = tenant and c.subscription_id = subscription
          and c.reached_at is not null) then 'usage-cap'
      end $$`,
]

const views = [
  `create or replace view masked.grants as
    select g.id, case
        when o.stopped_at is not null then 'stopped'
        when b.fenced_at is not null then 'fenced'
        when g.state = 'ended' then 'ended'
        when (select r.state in ('suspended', 'withdrawn') from bizq.releases r
          where r.organisation_id = g.provider_id and r.id = g.release_id) then 'release-withdrawn'
        when g.state = 'draft' and g.expires_at <= now() then 'expired'
        when g.state = 'active' then coalesce((select nullif(s.state, 'active') from bizq.subscriptions s
          where s.organisation_id = g.organisation_id and s.id = g.subscription_id),
          (select case a.state when 'paused' then 'unpaid' when 'lapsed' then 'no-plan' when 'cancelled' then 'no-plan' end
            from bizq.billing_accounts a where a.organisation_id = g.organisation_id),
          (select 'resting' from bizq.resting_businesses r
            where r.organisation_id = g.organisation_id and r.business_id = g.business_id))
      end as refusal,
      array(select f.dataset from bizq.dataset_fences f where f.organisation_id = g.organisation_id and f.business_id = g.business_id) as fenced
    from bizq.grants g
      join bizq.businesses b on b.organisation_id = g.organisation_id and b.id = g.business_id
      join bizq.organisations o on o.organisation_id = g.organisation_id
    where g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid)`,
  // Whose turn it is: by each account's own time, which a test clock may put ahead.
  `create view directory.billing_due as
    select organisation_id, due_at, clock_ahead_ms, due_at - clock_ahead_ms * interval '1 millisecond' as real_due_at
    from bizq.billing_accounts where due_at is not null`,
  `create view directory.billing_accounts as
    select organisation_id, state, stripe_customer, clock_ahead_ms from bizq.billing_accounts`,
  `grant select on directory.billing_due, directory.billing_accounts to bizq_directory`,
]
