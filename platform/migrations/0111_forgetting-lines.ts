import { sql, type Kysely } from 'kysely'

/** Makes it possible to forget the lines that providers read of executions, when they are long told as figures. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index on bizq.provider_executions using brin (day)`.execute(db)

  // A line is old when it is past 100 days (the longest that anything is counted back is 90) and no figure waits for it any more.
  await sql`create or replace view directory.over_and_done as
    select organisation_id, 'events' as what from bizq.events where at < now() - interval '7 days' group by 1 having count(*) > 1
    union all select distinct organisation_id, 'answers' from bizq.idempotency_keys where created_at < now() - interval '7 days'
    union all select distinct organisation_id, 'deliveries' from bizq.webhook_deliveries where ended_at < now() - interval '30 days'
    union all select distinct organisation_id, 'lines' from bizq.provider_executions where day < current_date - 100`.execute(
    db,
  )

  // The last day of each subscriber stays: it says that it ran before.
  await sql`create function bizq.forget_lines() returns bigint language sql security definer set search_path = pg_catalog, bizq as $$
    with gone as (delete from bizq.provider_executions e using bizq.provider_figure_days d
        where e.organisation_id = bizq.organisation() and e.day < current_date - 100
          and d.organisation_id = e.organisation_id and d.service_id = e.service_id and e.day < d.told_until - 90
          and exists (select from bizq.provider_executions later where later.organisation_id = e.organisation_id
            and later.subscriber_id = e.subscriber_id and later.day > e.day)
        returning 1)
    select count(*) from gone $$`.execute(db)
  await sql`revoke execute on function bizq.forget_lines() from public`.execute(db)
  await sql`grant execute on function bizq.forget_lines() to bizq_app`.execute(db)
}
