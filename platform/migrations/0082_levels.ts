import { sql, type Kysely } from 'kysely'

/** Makes it possible to show how far a service has come, by its customers and by how it does, without a count. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table bizq.services add column level text not null default 'bronze' check (level in ('bronze', 'silver', 'gold', 'platinum'))`,
  `create view directory.service_levels as select id as service_id, level from bizq.services`,
  // For the platform's own reckoning alone: these counts are told to nobody.
  `select bizq.open_to_directory('bizq.provider_executions')`,
  `select bizq.open_to_directory('bizq.provider_outcomes')`,
  `create view directory.service_standings as
    select s.id as service_id, s.organisation_id as provider_id, s.level,
      (select count(distinct u.organisation_id) from bizq.subscriptions u where u.service_id = s.id and u.state <> 'cancelled')::int as customers,
      coalesce(e.executions, 0)::int as executions, coalesce(e.succeeded, 0)::int as succeeded,
      coalesce(o.accepted, 0)::int as accepted, coalesce(o.undone, 0)::int as undone
    from bizq.services s
      left join (select service_id, count(*) as executions, count(*) filter (where outcome = 'succeeded') as succeeded
        from bizq.provider_executions where day > current_date - 90 group by service_id) e on e.service_id = s.id
      left join (select service_id, count(*) filter (where outcome in ('accepted', 'edited')) as accepted,
          count(*) filter (where outcome = 'undone') as undone
        from bizq.provider_outcomes where day > current_date - 90 group by service_id) o on o.service_id = s.id
    where exists (select from bizq.releases r where r.organisation_id = s.organisation_id and r.service_id = s.id and r.state = 'published')`,
  `grant select on directory.service_levels, directory.service_standings to bizq_directory`,
]
