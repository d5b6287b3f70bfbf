import { sql, type Kysely } from 'kysely'

/** Makes it possible to stage a release, to end one with notice, to hold a whole service, and to say who may find it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...columns, ...invitations, ...views]) await sql.raw(statement).execute(db)
}

const columns = [
  `alter table bizq.services
    add column visibility text not null default 'public' check (visibility in ('public', 'unlisted', 'invite-only')),
    add column suspended_at timestamptz, add column suspended_reason text`,
  `alter table bizq.releases
    add column publication jsonb not null default '{"kind": "all"}',
    add column staged_at timestamptz, add column ends_at timestamptz,
    add column suspended_by text check (suspended_by in ('provider', 'platform', 'canary')),
    add column held_state text check (held_state in ('staged', 'published', 'deprecated'))`,
  // A staged release runs for some: its grants and executions name it as those of a published one do.
  `alter policy once_published on bizq.releases using (published_at is not null or staged_at is not null)`,
  `create index on bizq.releases (service_id) where staged_at is not null`,
  `create index on bizq.releases (ends_at) where state = 'deprecated'`,
]

const invitations = [
  `create table bizq.service_invitations (
    organisation_id uuid not null, id uuid not null default uuidv7(), service_id uuid not null,
    kind text not null check (kind in ('listing', 'test')), label text not null, code_hash text not null unique,
    uses integer not null default 0, max_uses integer not null check (max_uses > 0 and uses <= max_uses),
    created_at timestamptz not null default now(), expires_at timestamptz not null, revoked_at timestamptz,
    primary key (organisation_id, id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `create index on bizq.service_invitations (organisation_id, service_id, id desc)`,
  // Of the operator's own: the provider knows how often a code was used, and never by whom.
  `create table bizq.service_admissions (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), provider_id uuid not null,
    service_id uuid not null, invitation_id uuid not null, accepted_at timestamptz not null default now(),
    primary key (organisation_id, id), unique (organisation_id, invitation_id),
    foreign key (provider_id, invitation_id) references bizq.service_invitations (organisation_id, id))`,
  `create index on bizq.service_admissions (invitation_id)`,
  ...['service_invitations', 'service_admissions'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `select bizq.open_to_directory('bizq.${table}')`,
  ]),
  // One use of a code, counted with its provider; false where none is left.
  `create function bizq.use_service_invitation(provider uuid, invitation uuid)
    returns boolean language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
      is_used boolean;
    begin
      perform set_config('bizq.organisation', provider::text, true);
      update bizq.service_invitations set uses = uses + 1
        where id = invitation and uses < max_uses and revoked_at is null and expires_at > now();
      is_used := found;
      perform set_config('bizq.organisation', own, true);
      return is_used;
    end $$`,
  `revoke execute on function bizq.use_service_invitation(uuid, uuid) from public`,
  `grant execute on function bizq.use_service_invitation(uuid, uuid) to bizq_app`,
]

const views = [
  `create or replace view directory.releases as
    select r.id, r.service_id, r.organisation_id as provider_id, s.slug, o.name as publisher, r.version, r.digest, r.bundle_digest,
      r.manifest, r.category, r.state, r.notice, coalesce(r.published_at, r.staged_at) as published_at, r.major, r.minor, r.patch,
      r.is_prerelease, r.published_at is not null as is_public, r.ends_at
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.published_at is not null or r.staged_at is not null`,
  `create or replace view directory.services as
    select distinct on (r.service_id) r.service_id as id, r.organisation_id as provider_id, s.slug, o.name as publisher,
      r.id as release_id, r.version, r.manifest, r.category, r.state, r.published_at, r.listing_text,
      first_value(r.published_at) over (partition by r.service_id order by r.published_at) as since, s.visibility
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.state in ('published', 'deprecated') and not r.is_prerelease
    order by r.service_id, (r.state = 'published') desc, r.major desc, r.minor desc, r.patch desc`,
  `create or replace view directory.bundles as
    select r.id as release_id, r.digest, b.content from bizq.releases r
      join bizq.bundles b on b.organisation_id = r.organisation_id and b.digest = r.bundle_digest
    where r.published_at is not null or r.staged_at is not null`,
  // What runs for the test operators of a service alone.
  `create view directory.staged_releases as
    select distinct on (r.service_id) r.id, r.service_id, s.slug from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
    where r.state = 'staged'
    order by r.service_id, r.major desc, r.minor desc, r.patch desc, r.is_prerelease`,
  `create view directory.service_invitations as
    select code_hash, organisation_id as provider_id, id, service_id, kind from bizq.service_invitations
    where revoked_at is null and expires_at > now()`,
  // Who may see a service that not everybody may: by a code that still stands, or because it runs for them already.
  `create view directory.service_admissions as
    select a.organisation_id, a.service_id, i.kind from bizq.service_admissions a
      join bizq.service_invitations i on i.organisation_id = a.provider_id and i.id = a.invitation_id
    where i.revoked_at is null
    union all
    select organisation_id, service_id, 'subscription' from bizq.subscriptions where state <> 'cancelled'`,
  `create view directory.ending_releases as
    select organisation_id, id from bizq.releases where state = 'deprecated' and ends_at <= now()`,
  `grant select on directory.staged_releases, directory.service_invitations, directory.service_admissions, directory.ending_releases
    to bizq_directory`,
]
