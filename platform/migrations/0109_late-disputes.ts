import { sql, type Kysely } from 'kysely'

/** Makes it possible to tell, once, that a dispute is late; and a dispute is moved by the platform's own row alone, whatever row is named. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...late, ...moving]) await sql.raw(statement).execute(db)
}

const late = [
  `alter table bizq.disputes add column told_late_at timestamptz`,
  `create index on bizq.disputes (due_at) where state in ('open', 'answered') and told_late_at is null`,
  // Each side's own row: a side is told by itself.
  `create view directory.late_disputes as
    select organisation_id, id, side from bizq.disputes
    where state in ('open', 'answered') and told_late_at is null and due_at < now()`,
  `grant select on directory.late_disputes to bizq_directory`,
]

const moving = [
  `create or replace function bizq.move_dispute(platform uuid, dispute uuid, expected text[], change jsonb)
    returns jsonb language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      party uuid;
      it bizq.disputes;
    begin
      perform set_config('bizq.organisation', platform::text, true);
      select * into it from bizq.disputes where organisation_id = platform and id = dispute and side = 'platform' for update;
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
]
