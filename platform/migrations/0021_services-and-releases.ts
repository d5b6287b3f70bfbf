import { sql, type Kysely } from 'kysely'

/** Makes it possible for providers to publish releases of services, and for everybody to find them in the catalogue. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.services (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), slug text not null unique,
    created_at timestamptz not null default now(), primary key (organisation_id, id))`,
  `create table bizq.bundles (
    organisation_id uuid not null references bizq.organisations, digest text not null, content bytea not null,
    created_at timestamptz not null default now(), primary key (organisation_id, digest))`,
  `alter table bizq.bundles alter column content set storage external`,
  `create table bizq.releases (
    organisation_id uuid not null, id uuid not null default uuidv7(), service_id uuid not null, version text not null,
    major integer not null, minor integer not null, patch integer not null, is_prerelease boolean not null,
    digest text not null, bundle_digest text not null, manifest jsonb not null, listing_text text not null, category text not null,
    state text not null check (state in ('draft', 'submitted', 'certified', 'staged', 'published', 'deprecated', 'suspended', 'withdrawn')),
    checks jsonb not null, notice text, created_at timestamptz not null default now(), published_at timestamptz,
    state_changed_at timestamptz not null default now(),
    primary key (organisation_id, id), unique (organisation_id, service_id, version),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id),
    foreign key (organisation_id, bundle_digest) references bizq.bundles (organisation_id, digest))`,
  `create index on bizq.releases (organisation_id, service_id, major desc, minor desc, patch desc)`,
  `create index on bizq.releases (service_id) where published_at is not null`,
  ...['services', 'bundles', 'releases'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `select bizq.open_to_directory('bizq.${table}')`,
  ]),
  `revoke update, delete on bizq.bundles from bizq_app`,
]

const views = [
  // What was once published stays readable: executions, receipts and replays name it for ever.
  `create view directory.releases as
    select r.id, r.service_id, r.organisation_id as provider_id, s.slug, o.name as publisher, r.version, r.digest, r.bundle_digest,
      r.manifest, r.category, r.state, r.notice, r.published_at, r.major, r.minor, r.patch, r.is_prerelease
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.published_at is not null`,
  `create view directory.services as
    select distinct on (r.service_id) r.service_id as id, r.organisation_id as provider_id, s.slug, o.name as publisher,
      r.id as release_id, r.version, r.manifest, r.category, r.state, r.published_at, r.listing_text,
      first_value(r.published_at) over (partition by r.service_id order by r.published_at) as since
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.state in ('published', 'deprecated') and not r.is_prerelease
    order by r.service_id, (r.state = 'published') desc, r.major desc, r.minor desc, r.patch desc`,
  `create view directory.bundles as
    select r.id as release_id, r.digest, b.content from bizq.releases r
      join bizq.bundles b on b.organisation_id = r.organisation_id and b.digest = r.bundle_digest
    where r.published_at is not null`,
  `grant select on directory.releases, directory.services, directory.bundles to bizq_directory`,
]
