import { sql, type Kysely } from 'kysely'

/** Makes it possible for a provider to read what an operator made of its proposal, under the masks of the subscription. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table bizq.effects add column masked_edit jsonb`.execute(db)
  await sql`alter table bizq.provider_outcomes add column parameters jsonb`.execute(db)
  const before = sql`bizq.tell_provider_outcome(uuid, uuid, uuid, uuid, text, text, text, text)`
  await sql`drop function ${before}`.execute(db)
  await sql`create function bizq.tell_provider_outcome(provider uuid, subscriber uuid, service uuid, ref uuid, action_type text, new_outcome text, code text, words text, edited jsonb)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, proposal, type, outcome, reason_code, reason_text, parameters)
        values (provider, subscriber, service, ref, action_type, new_outcome, code, words, edited);
      perform set_config('bizq.organisation', own, true);
    end $$`.execute(db)
  const now = sql`bizq.tell_provider_outcome(uuid, uuid, uuid, uuid, text, text, text, text, jsonb)`
  await sql`revoke execute on function ${now} from public`.execute(db)
  await sql`grant execute on function ${now} to bizq_app`.execute(db)
}
