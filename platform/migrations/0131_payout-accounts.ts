import { sql, type Kysely } from 'kysely'

/** Makes it possible for a provider to be paid: its account with Stripe, when it is paid, what reached its bank; and for launch providers to be named. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...functions, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.payout_accounts (
    organisation_id uuid primary key references bizq.organisations, id uuid not null unique default gen_random_uuid(), stripe_account text unique,
    country text not null check (country ~ '^[A-Z]{2}$'), state text not null default 'restricted' check (state in ('restricted', 'due', 'enabled')),
    can_be_paid boolean not null default false, missing jsonb not null default '[]', reason text, due_at timestamptz,
    schedule text not null default 'monthly' check (schedule in ('daily', 'weekly', 'monthly')), next_transfer_at timestamptz not null,
    created_at timestamptz not null, synced_at timestamptz, check (not can_be_paid or stripe_account is not null))`,
  `create table bizq.payouts (
    organisation_id uuid not null references bizq.organisations, id uuid not null default gen_random_uuid(), stripe_payout text not null unique,
    currency text not null, amount bigint not null, state text not null check (state in ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
    made_at timestamptz not null, arrives_at timestamptz not null, failure text, primary key (organisation_id, id))`,
  `create index on bizq.payouts (organisation_id, made_at desc, id desc)`,
  // Of the platform's organisation: whose first year is 90 %, and which operators were the first to come to them.
  `create table bizq.launch_providers (
    organisation_id uuid not null references bizq.organisations, provider_id uuid not null, from_at timestamptz not null, until_at timestamptz not null,
    set_by uuid, set_at timestamptz not null default now(), ended_at timestamptz, primary key (organisation_id, provider_id), check (until_at > from_at))`,
  `create table bizq.launch_customers (
    organisation_id uuid not null, provider_id uuid not null, operator_id uuid not null, number integer not null check (number between 1 and 100),
    at timestamptz not null default now(), primary key (organisation_id, provider_id, operator_id), unique (organisation_id, provider_id, number),
    foreign key (organisation_id, provider_id) references bizq.launch_providers (organisation_id, provider_id))`,
  ...['payout_accounts', 'payouts', 'launch_providers', 'launch_customers'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `revoke delete on bizq.${table} from bizq_app`,
    `select bizq.open_to_directory('bizq.${table}')`,
  ]),
  `revoke update on bizq.launch_customers from bizq_app`,
]

const functions = [
  // Functions of ours may ask which organisation runs the marketplace, whoever's unit they run in.
  `do $$ begin
    execute format('create policy platform on bizq.organisations for select to %I using (kind = ''platform'' and current_user = %L)',
      current_user, current_user);
  end $$`,
  // An operator's first subscription to anything of a launch provider gives it the next number, up to 100. It learns nothing of it.
  `create function bizq.number_launch_customer(subscription uuid) returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      platform uuid;
      provider uuid;
      taken integer;
    begin
      select s.provider_id into provider from bizq.subscriptions s where s.organisation_id = own and s.id = subscription;
      select o.organisation_id into platform from bizq.organisations o where o.kind = 'platform';
      if platform is null or provider is null then return; end if;
      perform set_config('bizq.organisation', platform::text, true);
      -- The row is locked: two that subscribe at one moment get two numbers.
      perform from bizq.launch_providers l where l.organisation_id = platform and l.provider_id = provider
        and l.ended_at is null and now() >= l.from_at and now() < l.until_at for update;
      if found and not exists (select from bizq.launch_customers c
          where c.organisation_id = platform and c.provider_id = provider and c.operator_id = own) then
        select count(*) into taken from bizq.launch_customers c where c.organisation_id = platform and c.provider_id = provider;
        if taken < 100 then
          insert into bizq.launch_customers (organisation_id, provider_id, operator_id, number) values (platform, provider, own, taken + 1);
        end if;
      end if;
      perform set_config('bizq.organisation', own::text, true);
    end $$`,
  `revoke execute on function bizq.number_launch_customer(uuid) from public`,
  `grant execute on function bizq.number_launch_customer(uuid) to bizq_app`,
]

const views = [
  `create view directory.payout_accounts as
    select organisation_id, id, stripe_account, state, can_be_paid, next_transfer_at from bizq.payout_accounts`,
  `create view directory.payouts as select organisation_id, id, stripe_payout, state from bizq.payouts`,
  // Who was a provider's customer before it became a launch provider, in the order in which they came.
  `create view directory.first_subscriptions as
    select provider_id, organisation_id as operator_id, min(created_at) as at from bizq.subscriptions group by provider_id, organisation_id`,
  `grant select on directory.payout_accounts, directory.payouts, directory.first_subscriptions to bizq_directory`,
]
