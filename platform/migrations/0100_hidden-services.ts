import { sql, type Kysely } from 'kysely'

/** Makes it possible to hide a service from the catalogue, and to watch by counts of each day how long submissions wait for a certificate. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // A column of the same name stood in the way of the words.
  `create or replace function bizq.object_to_platform(platform uuid, act uuid, words text) returns boolean
    language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      is_done boolean;
    begin
      perform set_config('bizq.organisation', platform::text, true);
      update bizq.platform_acts set objection = object_to_platform.words, objected_at = now()
        where organisation_id = platform and id = act and concerns_id = own and lifted_at is null and objection is null;
      is_done := found;
      perform set_config('bizq.organisation', own::text, true);
      return is_done;
    end $$`,
  // What the platform hides is as its provider's unlisted services are: found by its link alone.
  `create or replace view directory.services as
    select distinct on (r.service_id) r.service_id as id, r.organisation_id as provider_id, s.slug, o.name as publisher,
      r.id as release_id, r.version, r.manifest, r.category, r.state, r.published_at, r.listing_text,
      first_value(r.published_at) over (partition by r.service_id order by r.published_at) as since,
      case when s.visibility = 'public' and exists (select 1 from bizq.platform_acts a
          where a.service_id = s.id and a.kind = 'hide' and a.lifted_at is null) then 'unlisted' else s.visibility end as visibility
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.state in ('published', 'deprecated') and not r.is_prerelease
    order by r.service_id, (r.state = 'published') desc, r.major desc, r.minor desc, r.patch desc`,
  `create view directory.certified_days as
    select day, 'certified:' || floor(8 * log(2.0, greatest(minutes, 1)))::int as what, count(*) as count from (
      select (first.issued_at at time zone 'UTC')::date as day, (extract(epoch from first.issued_at - r.created_at) / 60)::numeric as minutes
      from (select distinct on (release_id) organisation_id, release_id, issued_at from bizq.certificates order by release_id, id) first
        join bizq.releases r on r.organisation_id = first.organisation_id and r.id = first.release_id) waited
    group by 1, 2`,
  `grant select on directory.certified_days to bizq_directory`,
]
