import { sql, type Kysely } from 'kysely'

/** Makes it possible to forget what is past its use: events, kept answers and deliveries, organisation by organisation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['idempotency_keys', 'webhook_deliveries'])
    await sql`select bizq.open_to_directory(${`bizq.${table}`}::regclass)`.execute(db)
  await sql`create index on bizq.events using brin (at)`.execute(db)
  await sql`create index on bizq.idempotency_keys using brin (created_at)`.execute(db)

  // The last of the old events stays: it says to a client that comes back how far the forgetting went.
  await sql`create view directory.over_and_done as
    select organisation_id, 'events' as what from bizq.events where at < now() - interval '7 days' group by 1 having count(*) > 1
    union all select distinct organisation_id, 'answers' from bizq.idempotency_keys where created_at < now() - interval '7 days'
    union all select distinct organisation_id, 'deliveries' from bizq.webhook_deliveries where ended_at < now() - interval '30 days'`.execute(
    db,
  )
  await sql`grant select on directory.over_and_done to bizq_directory`.execute(db)

  await sql`create function bizq.forget_events() returns bigint language sql security definer set search_path = pg_catalog, bizq as $$
    with old as (select xid, seq from bizq.events
        where organisation_id = bizq.organisation() and at < now() - interval '7 days'),
      last as (select xid, seq from old order by xid desc, seq desc limit 1),
      gone as (delete from bizq.events e using last
        where e.organisation_id = bizq.organisation() and (e.xid, e.seq) < (last.xid, last.seq) returning 1)
    select count(*) from gone $$`.execute(db)
  await sql`revoke execute on function bizq.forget_events() from public`.execute(db)
  await sql`grant execute on function bizq.forget_events() to bizq_app`.execute(db)
}
