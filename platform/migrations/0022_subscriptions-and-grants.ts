import { sql, type Kysely } from 'kysely'

/** Makes it possible to preview, subscribe, pause and cancel; to fence datasets off; and to see what left. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views, ...tellingTheProvider]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.grants (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null,
    provider_id uuid not null, service_id uuid not null, release_id uuid not null, subscription_id uuid,
    state text not null check (state in ('draft', 'active', 'ended')), consent jsonb not null, price jsonb not null,
    secret bytea not null, expires_at timestamptz, created_at timestamptz not null default now(),
    activated_at timestamptz, ended_at timestamptz,
    primary key (organisation_id, id), check ((state = 'draft') = (expires_at is not null)),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id),
    foreign key (provider_id, release_id) references bizq.releases (organisation_id, id))`,
  `create index on bizq.grants (organisation_id, subscription_id) where subscription_id is not null`,
  `create index on bizq.grants (expires_at) where state = 'draft'`,
  `create table bizq.subscriptions (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null,
    provider_id uuid not null, service_id uuid not null, release_id uuid not null, grant_id uuid not null,
    state text not null check (state in ('active', 'paused', 'cancelled')), settings jsonb not null, price jsonb not null,
    schedule jsonb not null, waiting_release_id uuid, read_allowance_rows integer check (read_allowance_rows > 0),
    trial_ends_at timestamptz, subscriber_id uuid not null, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), paused_at timestamptz, cancelled_at timestamptz,
    primary key (organisation_id, id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id),
    foreign key (organisation_id, grant_id) references bizq.grants (organisation_id, id),
    foreign key (provider_id, service_id) references bizq.services (organisation_id, id),
    foreign key (provider_id, release_id) references bizq.releases (organisation_id, id))`,
  `create unique index one_subscription on bizq.subscriptions (organisation_id, business_id, service_id) where state <> 'cancelled'`,
  `create index on bizq.subscriptions (service_id) where state <> 'cancelled'`,
  `alter table bizq.grants add foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id)`,
  `create table bizq.dataset_fences (
    organisation_id uuid not null, business_id uuid not null, dataset text not null, created_at timestamptz not null default now(),
    primary key (organisation_id, business_id, dataset),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create table bizq.disclosures (
    organisation_id uuid not null, id uuid not null default uuidv7(), subscription_id uuid not null, grant_id uuid not null,
    release_id uuid not null, execution_id uuid, datasets jsonb not null, row_count integer not null, byte_count bigint not null,
    at timestamptz not null default now(), primary key (organisation_id, id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id),
    foreign key (organisation_id, grant_id) references bizq.grants (organisation_id, id))`,
  `create index on bizq.disclosures (organisation_id, subscription_id, at desc, id desc)`,
  `create index on bizq.disclosures (organisation_id, grant_id, at)`,
  `create table bizq.subscribers (
    organisation_id uuid not null, id uuid not null default uuidv7(), service_id uuid not null, release_id uuid not null,
    state text not null check (state in ('active', 'paused', 'cancelled')), price jsonb not null,
    since timestamptz not null default now(), until timestamptz, updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id),
    foreign key (organisation_id, release_id) references bizq.releases (organisation_id, id))`,
  `create index on bizq.subscribers (organisation_id, service_id)`,
  ...['grants', 'subscriptions', 'dataset_fences', 'disclosures', 'subscribers'].map(
    (table) => `select bizq.protect('bizq.${table}')`,
  ),
  `revoke update, delete on bizq.disclosures from bizq_app`,
  `revoke insert, update, delete on bizq.subscribers from bizq_app`,
  `select bizq.open_to_directory('bizq.subscriptions')`,
  `select bizq.open_to_directory('bizq.grants')`,
]

const views = [
  // What was once published is public; the views of the owner may say so to every tenant.
  `create policy once_published on bizq.releases for select to current_user using (published_at is not null)`,
  // Whether a grant may be read now: every masked statement asks this in the same trip.
  `create view masked.grants as
    select g.id, case
        when o.stopped_at is not null then 'stopped'
        when b.fenced_at is not null then 'fenced'
        when g.state = 'ended' then 'ended'
        when (select r.state in ('suspended', 'withdrawn') from bizq.releases r
          where r.organisation_id = g.provider_id and r.id = g.release_id) then 'release-withdrawn'
        when g.state = 'draft' and g.expires_at <= now() then 'expired'
        when g.state = 'active' then (select nullif(s.state, 'active') from bizq.subscriptions s
          where s.organisation_id = g.organisation_id and s.id = g.subscription_id)
      end as refusal,
      array(select f.dataset from bizq.dataset_fences f where f.organisation_id = g.organisation_id and f.business_id = g.business_id) as fenced
    from bizq.grants g
      join bizq.businesses b on b.organisation_id = g.organisation_id and b.id = g.business_id
      join bizq.organisations o on o.organisation_id = g.organisation_id
    where g.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid)`,
  `grant select on masked.grants to bizq_masked`,
  `create view directory.subscriptions as
    select organisation_id, id, business_id, service_id, release_id, waiting_release_id, grant_id, state, schedule from bizq.subscriptions`,
  `create view directory.over_drafts as
    select organisation_id, id from bizq.grants where state = 'draft' and expires_at <= now()`,
  `grant select on directory.subscriptions, directory.over_drafts to bizq_directory`,
]

// The provider's own row of a subscription. It names no operator, business or person; only its writer knows which is which.
const tellingTheProvider = [
  `create function bizq.tell_provider(provider uuid, subscriber uuid, service uuid, release uuid, new_state text, new_price jsonb)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.subscribers (organisation_id, id, service_id, release_id, state, price)
        values (provider, subscriber, service, release, new_state, new_price)
        on conflict (organisation_id, id) do update set release_id = excluded.release_id, state = excluded.state,
          price = excluded.price, updated_at = now(), until = case when excluded.state = 'cancelled' then now() end
        where subscribers.service_id = excluded.service_id;
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider(uuid, uuid, uuid, uuid, text, jsonb) from public`,
  `grant execute on function bizq.tell_provider(uuid, uuid, uuid, uuid, text, jsonb) to bizq_app`,
]
