import { sql, type Kysely } from 'kysely'

/** Makes it possible to measure a canary from the moment it began, and to tell who suspended what runs for some. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table bizq.rollouts add column started_in xid8 not null default pg_current_xact_id(),
    add column started_on date not null default current_date`,
  `create or replace view directory.releases as
    select r.id, r.service_id, r.organisation_id as provider_id, s.slug, o.name as publisher, r.version, r.digest, r.bundle_digest,
      r.manifest, r.category, r.state, r.notice, coalesce(r.published_at, r.staged_at) as published_at, r.major, r.minor, r.patch,
      r.is_prerelease, r.published_at is not null as is_public, r.ends_at, r.suspended_by
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.published_at is not null or r.staged_at is not null`,
]
