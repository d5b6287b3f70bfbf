import { sql, type Kysely } from 'kysely'

/**
 * Makes it possible for a provider to write about one execution that it was told of, without learning whose it was, and
 * for both sides to write for thirty days after a subscription ended.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...functions]) await sql.raw(statement).execute(db)
}

const tables = [
  // `about` is the provider's line of an execution. Such a conversation stands by itself: what is known of one is not known of another.
  `alter table bizq.subscriber_threads add column about uuid, add column about_day date,
    add constraint about_with_its_day check ((about is null) = (about_day is null)),
    drop constraint subscriber_threads_organisation_id_subscriber_id_key`,
  `create unique index one_thread on bizq.subscriber_threads (organisation_id, subscriber_id) where about is null`,
  `create unique index one_conversation on bizq.subscriber_threads (organisation_id, about) where about is not null`,
  // Of the operator's own rows: the conversation by its id, and the execution and the day that it is about.
  `alter table bizq.messages add column conversation uuid, add column about uuid, add column about_day date`,
]

const functions = [
  `create or replace function bizq.deliver_to_provider(message uuid) returns uuid language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own text := current_setting('bizq.organisation', true);
      sent bizq.messages;
      toward bizq.subscriptions;
      thread uuid;
    begin
      select * into strict sent from bizq.messages where organisation_id = own::uuid and id = message and sender = 'operator';
      select * into strict toward from bizq.subscriptions where organisation_id = own::uuid and id = sent.subscription_id;
      perform set_config('bizq.organisation', toward.provider_id::text, true);
      if sent.conversation is null then
        insert into bizq.subscriber_threads as t (organisation_id, subscriber_id, service_id, unread)
          values (toward.provider_id, toward.subscriber_id, toward.service_id, 1)
          on conflict (organisation_id, subscriber_id) where about is null do update set unread = t.unread + 1, last_at = now()
          returning id into thread;
      else
        update bizq.subscriber_threads set unread = unread + 1, last_at = now()
          where organisation_id = toward.provider_id and id = sent.conversation and subscriber_id = toward.subscriber_id
          returning id into strict thread;
      end if;
      insert into bizq.subscriber_messages (organisation_id, thread_id, sender, words, delivered, at)
        values (toward.provider_id, thread, 'operator', sent.delivered, sent.delivered, sent.at);
      perform set_config('bizq.organisation', own, true);
      return thread;
    end $$`,
  // What is about an execution and comes into a thread that the marketplace closed reaches nobody: a refusal would tell whose execution it was.
  `create or replace function bizq.deliver_to_subscriber(message uuid, operator uuid) returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own text := current_setting('bizq.organisation', true);
      sent bizq.subscriber_messages;
      thread bizq.subscriber_threads;
      toward uuid;
      execution uuid;
    begin
      select * into strict sent from bizq.subscriber_messages where organisation_id = own::uuid and id = message and sender = 'provider';
      select * into strict thread from bizq.subscriber_threads where organisation_id = own::uuid and id = sent.thread_id;
      perform set_config('bizq.organisation', operator::text, true);
      select id into strict toward from bizq.subscriptions
        where organisation_id = operator and provider_id = own::uuid and subscriber_id = thread.subscriber_id
          and (state <> 'cancelled' or cancelled_at::date >= current_date - 30);
      if thread.about is not null and exists (select from bizq.threads where organisation_id = operator and subscription_id = toward and closed_at is not null) then
        perform set_config('bizq.organisation', own, true);
        return;
      end if;
      select id into execution from bizq.executions
        where organisation_id = operator and subscription_id = toward and told_as = thread.about;
      insert into bizq.threads as t (organisation_id, subscription_id, unread) values (operator, toward, 1)
        on conflict (organisation_id, subscription_id) do update set unread = t.unread + 1, last_at = now();
      insert into bizq.messages (organisation_id, subscription_id, sender, words, delivered, at, conversation, about, about_day)
        values (operator, toward, 'provider', sent.delivered, sent.delivered, sent.at,
          case when thread.about is not null then thread.id end, execution, thread.about_day);
      perform set_config('bizq.organisation', own, true);
    end $$`,
]
