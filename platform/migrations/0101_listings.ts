import { sql, type Kysely } from 'kysely'

/** Makes it possible to write more about a service than its manifest says: a draft, published versions, and images. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.listing_drafts (
    organisation_id uuid not null, service_id uuid not null, version integer not null default 1, content jsonb not null,
    changed_at timestamptz not null default now(), primary key (organisation_id, service_id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `create table bizq.listing_versions (
    organisation_id uuid not null, service_id uuid not null, number integer not null check (number > 0), content jsonb not null,
    published_at timestamptz not null default now(), primary key (organisation_id, service_id, number),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `create table bizq.listing_images (
    organisation_id uuid not null, id uuid not null default uuidv7(), service_id uuid not null, digest text not null,
    width integer not null, height integer not null, content bytea not null, created_at timestamptz not null default now(),
    published_at timestamptz, primary key (organisation_id, id), unique (organisation_id, service_id, digest),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `alter table bizq.listing_images alter column content set storage external`,
  `create table bizq.provider_profiles (
    organisation_id uuid primary key references bizq.organisations, country text not null check (country ~ '^[A-Z]{2}$'),
    support text not null, changed_at timestamptz not null default now())`,
  ...['listing_drafts', 'listing_versions', 'listing_images', 'provider_profiles'].map(
    (table) => `select bizq.protect('bizq.${table}')`,
  ),
  ...['listing_versions', 'listing_images', 'provider_profiles'].map(
    (table) => `select bizq.open_to_directory('bizq.${table}')`,
  ),
  `revoke update, delete on bizq.listing_versions from bizq_app`,
]

// What operators may read: the newest published text, its images, and who stands behind it.
const views = [
  `create view directory.listings as
    select distinct on (service_id) service_id, number, content, published_at from bizq.listing_versions
    order by service_id, number desc`,
  `create view directory.listing_images as
    select id, service_id, width, height, content from bizq.listing_images where published_at is not null`,
  `create view directory.provider_profiles as select organisation_id as provider_id, country, support from bizq.provider_profiles`,
  `grant select on directory.listings, directory.listing_images, directory.provider_profiles to bizq_directory`,
]
