import { sql, type Kysely } from 'kysely'

/** Makes it possible for an operator to dispute what a service did, for its provider to answer, and for the platform to decide. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...functions]) await sql.raw(statement).execute(db)
}

const tables = [
  // One row for each of the three sides, under one random id. Only the operator's names what it is about, only the platform's both parties.
  `create table bizq.disputes (
    organisation_id uuid not null references bizq.organisations, id uuid not null default gen_random_uuid(),
    side text not null check (side in ('operator', 'provider', 'platform')),
    operator_id uuid, provider_id uuid, subscriber_id uuid, business_id uuid, subscription_id uuid, action_id uuid, execution_id uuid,
    about text not null check (about in ('subscription', 'action', 'execution')), action_type text,
    service_id uuid not null, service_slug text not null, service_name text not null, release_version text not null,
    reason text not null, own_words text, words text not null, wish text not null, asked_amount bigint, asked_currency text,
    state text not null check (state in ('open', 'answered', 'decided', 'withdrawn')), told_state text,
    opened_at timestamptz not null default now(), due_at timestamptz not null, answer text, answered_at timestamptz,
    outcome text check (outcome in ('for-operator', 'for-provider', 'shared')), decision text, credit_amount bigint, credit_currency text,
    ended_at timestamptz,
    primary key (organisation_id, id), check ((side = 'platform') = (operator_id is not null)), check (side = 'operator' or own_words is null),
    check ((asked_amount is null) = (asked_currency is null)), check ((credit_amount is null) = (credit_currency is null)),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id),
    foreign key (organisation_id, action_id) references bizq.actions (organisation_id, id),
    foreign key (organisation_id, execution_id) references bizq.executions (organisation_id, id))`,
  `create index on bizq.disputes (organisation_id, opened_at desc, id desc)`,
  `create index on bizq.disputes (organisation_id, state, due_at)`,
  `create index on bizq.disputes (organisation_id, subscription_id) where subscription_id is not null`,
  // What was disputed once is disputed anew only when that is over.
  `create unique index one_open_dispute on bizq.disputes (organisation_id, subscription_id, coalesce(action_id, execution_id, subscription_id))
    where state in ('open', 'answered') and subscription_id is not null`,
  `create index on bizq.disputes (service_id) where side = 'platform'`,
  `select bizq.protect('bizq.disputes')`,
  `select bizq.open_to_directory('bizq.disputes')`,
  `revoke delete on bizq.disputes from bizq_app`,
]

const functions = [
  // Tells the provider and the platform of the operator's own row: what they may know, in rows of their own.
  `create function bizq.tell_dispute(platform uuid, dispute uuid) returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      it bizq.disputes;
    begin
      select * into strict it from bizq.disputes where organisation_id = own and id = dispute and side = 'operator';
      perform set_config('bizq.organisation', it.provider_id::text, true);
      insert into bizq.disputes (organisation_id, id, side, subscriber_id, about, action_type, service_id, service_slug, service_name, release_version,
          reason, words, wish, asked_amount, asked_currency, state, opened_at, due_at)
        values (it.provider_id, it.id, 'provider', it.subscriber_id, it.about, it.action_type, it.service_id, it.service_slug, it.service_name,
          it.release_version, it.reason, it.words, it.wish, it.asked_amount, it.asked_currency, it.state, it.opened_at, it.due_at);
      perform set_config('bizq.organisation', platform::text, true);
      insert into bizq.disputes (organisation_id, id, side, operator_id, provider_id, about, action_type, service_id, service_slug, service_name,
          release_version, reason, words, wish, asked_amount, asked_currency, state, opened_at, due_at)
        values (platform, it.id, 'platform', own, it.provider_id, it.about, it.action_type, it.service_id, it.service_slug, it.service_name,
          it.release_version, it.reason, it.words, it.wish, it.asked_amount, it.asked_currency, it.state, it.opened_at, it.due_at);
      perform set_config('bizq.organisation', own::text, true);
    end $$`,
  // Moves the rows of all three sides together, from one of the expected states; answers the parties, or null where it may not be moved.
  `create function bizq.move_dispute(platform uuid, dispute uuid, expected text[], change jsonb)
    returns jsonb language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      party uuid;
      it bizq.disputes;
    begin
      perform set_config('bizq.organisation', platform::text, true);
      select * into it from bizq.disputes where organisation_id = platform and id = dispute for update;
      if it.id is null or own not in (it.operator_id, it.provider_id, platform) or not (it.state = any (expected)) then
        perform set_config('bizq.organisation', own::text, true);
        return null;
      end if;
      foreach party in array array[it.operator_id, it.provider_id, platform] loop
        perform set_config('bizq.organisation', party::text, true);
        update bizq.disputes set state = change ->> 'state',
          answer = coalesce(change ->> 'answer', answer), answered_at = case when change ? 'answer' then now() else answered_at end,
          outcome = coalesce(change ->> 'outcome', outcome), decision = coalesce(change ->> 'decision', decision),
          credit_amount = coalesce((change ->> 'creditAmount')::bigint, credit_amount),
          credit_currency = coalesce(change ->> 'creditCurrency', credit_currency),
          ended_at = case when change ->> 'state' in ('decided', 'withdrawn') then now() end
        where organisation_id = party and id = dispute;
      end loop;
      perform set_config('bizq.organisation', own::text, true);
      return jsonb_build_object('operator', it.operator_id, 'provider', it.provider_id);
    end $$`,
  `revoke execute on function bizq.tell_dispute(uuid, uuid), bizq.move_dispute(uuid, uuid, text[], jsonb) from public`,
  `grant execute on function bizq.tell_dispute(uuid, uuid), bizq.move_dispute(uuid, uuid, text[], jsonb) to bizq_app`,
]
