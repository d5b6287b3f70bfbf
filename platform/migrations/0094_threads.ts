import { sql, type Kysely } from 'kysely'

/** Makes it possible for a provider and a subscriber to write to each other, each reading from rows of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...rights, ...views, ...functions]) await sql.raw(statement).execute(db)
}

const thread = `foreign key (organisation_id, subscription_id) references bizq.threads (organisation_id, subscription_id)`

const tables = [
  // The subscriber's side. `words` is what was typed; `delivered` what the other side reads.
  `create table bizq.threads (
    organisation_id uuid not null, subscription_id uuid not null, is_muted boolean not null default false,
    unread integer not null default 0, closed_at timestamptz, closed_reason text, last_at timestamptz not null default now(),
    primary key (organisation_id, subscription_id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`,
  `create index on bizq.threads (organisation_id, last_at desc)`,
  `create table bizq.messages (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), subscription_id uuid not null,
    sender text not null check (sender in ('operator', 'provider')), words text not null, delivered text not null, user_id uuid,
    at timestamptz not null default clock_timestamp(), primary key (organisation_id, id), ${thread})`,
  `create index on bizq.messages (organisation_id, subscription_id, at desc, id desc)`,
  `create table bizq.thread_reports (
    organisation_id uuid not null, id uuid not null default uuidv7(), subscription_id uuid not null, reason text not null, words text,
    state text not null default 'open' check (state in ('open', 'closed', 'dismissed')), decision_reason text,
    at timestamptz not null default now(), decided_at timestamptz, primary key (organisation_id, id), ${thread})`,
  `create unique index one_open_thread_report on bizq.thread_reports (organisation_id, subscription_id) where state = 'open'`,
  // The provider's side, under the number that stands for the subscriber.
  `create table bizq.subscriber_threads (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), subscriber_id uuid not null, service_id uuid not null,
    unread integer not null default 0, closed_at timestamptz, closed_reason text, last_at timestamptz not null default now(),
    primary key (organisation_id, id), unique (organisation_id, subscriber_id),
    foreign key (organisation_id, subscriber_id) references bizq.subscribers (organisation_id, id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `create index on bizq.subscriber_threads (organisation_id, service_id, last_at desc, id desc)`,
  `create table bizq.subscriber_messages (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), thread_id uuid not null,
    sender text not null check (sender in ('operator', 'provider')), words text not null, delivered text not null, user_id uuid,
    at timestamptz not null default clock_timestamp(), primary key (organisation_id, id),
    foreign key (organisation_id, thread_id) references bizq.subscriber_threads (organisation_id, id))`,
  `create index on bizq.subscriber_messages (organisation_id, thread_id, at desc, id desc)`,
]

const rights = [
  ...['threads', 'messages', 'thread_reports', 'subscriber_threads', 'subscriber_messages'].map(
    (table) => `select bizq.protect('bizq.${table}')`,
  ),
  `revoke delete on bizq.threads, bizq.thread_reports, bizq.subscriber_threads from bizq_app`,
  `revoke update, delete on bizq.messages, bizq.subscriber_messages from bizq_app`,
  ...['threads', 'messages', 'thread_reports'].map(
    (table) => `select bizq.open_to_directory('bizq.${table}')`,
  ),
]

const views = [
  // Where what a provider writes to a subscriber goes. It is read by the server and told to nobody.
  `create view directory.thread_ends as
    select organisation_id, id as subscription_id, provider_id, subscriber_id, service_id from bizq.subscriptions`,
  `create view directory.thread_reports as
    select r.id, r.organisation_id, r.subscription_id, s.provider_id, s.subscriber_id, s.service_id, v.slug, o.name as publisher, r.reason, r.words,
      r.state, r.decision_reason, r.at, r.decided_at
    from bizq.thread_reports r
      join bizq.subscriptions s on s.organisation_id = r.organisation_id and s.id = r.subscription_id
      join bizq.services v on v.organisation_id = s.provider_id and v.id = s.service_id
      join bizq.organisations o on o.organisation_id = s.provider_id`,
  // Of a reported thread, the words as they were delivered, and no others.
  `create view directory.reported_messages as
    select m.id, m.organisation_id, m.subscription_id, m.sender, m.delivered, m.at from bizq.messages m
    where exists (select from bizq.thread_reports r where r.organisation_id = m.organisation_id and r.subscription_id = m.subscription_id)`,
  `grant select on directory.thread_ends, directory.thread_reports, directory.reported_messages to bizq_directory`,
]

// They take ids alone: what they deliver is what the sender's own row says is delivered.
const functions = [
  `create function bizq.deliver_to_provider(message uuid) returns uuid language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own text := current_setting('bizq.organisation', true);
      sent bizq.messages;
      toward bizq.subscriptions;
      thread uuid;
    begin
      select * into strict sent from bizq.messages where organisation_id = own::uuid and id = message and sender = 'operator';
      select * into strict toward from bizq.subscriptions where organisation_id = own::uuid and id = sent.subscription_id;
      perform set_config('bizq.organisation', toward.provider_id::text, true);
      insert into bizq.subscriber_threads as t (organisation_id, subscriber_id, service_id, unread)
        values (toward.provider_id, toward.subscriber_id, toward.service_id, 1)
        on conflict (organisation_id, subscriber_id) do update set unread = t.unread + 1, last_at = now()
        returning id into thread;
      insert into bizq.subscriber_messages (organisation_id, thread_id, sender, words, delivered, at)
        values (toward.provider_id, thread, 'operator', sent.delivered, sent.delivered, sent.at);
      perform set_config('bizq.organisation', own, true);
      return thread;
    end $$`,
  `create function bizq.deliver_to_subscriber(message uuid, operator uuid) returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own text := current_setting('bizq.organisation', true);
      sent bizq.subscriber_messages;
      thread bizq.subscriber_threads;
      toward uuid;
    begin
      select * into strict sent from bizq.subscriber_messages where organisation_id = own::uuid and id = message and sender = 'provider';
      select * into strict thread from bizq.subscriber_threads where organisation_id = own::uuid and id = sent.thread_id;
      perform set_config('bizq.organisation', operator::text, true);
      select id into strict toward from bizq.subscriptions
        where organisation_id = operator and provider_id = own::uuid and subscriber_id = thread.subscriber_id and state <> 'cancelled';
      insert into bizq.threads as t (organisation_id, subscription_id, unread) values (operator, toward, 1)
        on conflict (organisation_id, subscription_id) do update set unread = t.unread + 1, last_at = now();
      insert into bizq.messages (organisation_id, subscription_id, sender, words, delivered, at)
        values (operator, toward, 'provider', sent.delivered, sent.delivered, sent.at);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.deliver_to_provider(uuid), bizq.deliver_to_subscriber(uuid, uuid) from public`,
  `grant execute on function bizq.deliver_to_provider(uuid), bizq.deliver_to_subscriber(uuid, uuid) to bizq_app`,
]
