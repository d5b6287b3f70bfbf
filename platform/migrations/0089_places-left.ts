import { sql, type Kysely } from 'kysely'

/** Makes it possible to find the subscriptions that are still to go back, whatever became of the job that was to take them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `drop view directory.taken_places`,
  `create index on bizq.release_places (provider_id, release_id) where returned_at is null`,
  `create view directory.places_left as
    select p.organisation_id, p.subscription_id, p.release_id from bizq.releases r
      join bizq.release_places p on p.provider_id = r.organisation_id and p.release_id = r.id and p.returned_at is null
    where r.staged_at is not null and r.published_at is null
      and (r.state in ('withdrawn', 'certified') or r.state = 'suspended' and r.suspended_by <> 'platform')`,
  `grant select on directory.places_left to bizq_directory`,
]
