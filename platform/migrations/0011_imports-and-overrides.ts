import { sql, type Kysely } from 'kysely'

/** Makes it possible to import files, to take an import back, and to change records without losing what the source said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of [...importTables, ...recordTables]) await sql.raw(table).execute(db)
  for (const table of protectedTables)
    await sql`select bizq.protect(${`data.${table}`}::regclass)`.execute(db)
  await sql`grant maintain on data.record_aliases to bizq_app`.execute(db)
}

const importTables = [
  `create table data.imports (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null,
    state text not null check (state in ('received', 'needs-mapping', 'running', 'finished', 'failed', 'undone')),
    file_name text not null, size_bytes bigint not null, sha256 text not null,
    given_format text, role text check (role in ('buyer', 'seller')), format text, mapping jsonb, details jsonb not null default '{}', failure text,
    bytes_read bigint not null default 0, batches integer not null default 0, attempts integer not null default 0,
    read_count integer not null default 0, created_count integer not null default 0, updated_count integer not null default 0,
    unchanged_count integer not null default 0, rejected_count integer not null default 0, error_count integer not null default 0,
    by_dataset jsonb not null default '{}', created_by uuid, created_at timestamptz not null default now(),
    started_at timestamptz, finished_at timestamptz, undone_at timestamptz,
    primary key (organisation_id, id), unique (organisation_id, business_id, id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create index on data.imports (organisation_id, business_id, created_at desc, id desc)`,
  `create table data.import_chunks (
    organisation_id uuid not null, import_id uuid not null, n integer not null, bytes bytea not null,
    at timestamptz not null default now(), primary key (organisation_id, import_id, n))`,
  `alter table data.import_chunks alter column bytes set storage external`,
  `create table data.import_errors (
    organisation_id uuid not null, import_id uuid not null, n integer not null, line integer not null, field text,
    reason text not null, primary key (organisation_id, import_id, n),
    foreign key (organisation_id, import_id) references data.imports (organisation_id, id) on delete cascade)`,
  `create table data.import_changes (
    organisation_id uuid not null, business_id uuid not null, dataset text not null, record_id uuid not null,
    import_id uuid not null, seq bigint not null generated always as identity, previous jsonb not null,
    overrides jsonb not null default '{}', as_of text, primary key (organisation_id, business_id, dataset, record_id, import_id),
    foreign key (organisation_id, business_id, import_id) references data.imports (organisation_id, business_id, id))`,
  `create index on data.import_changes (import_id)`,
  `create table data.import_sightings (
    organisation_id uuid not null, business_id uuid not null, dataset text not null, record_id uuid not null,
    import_id uuid not null, primary key (organisation_id, business_id, dataset, record_id, import_id),
    foreign key (organisation_id, business_id, import_id) references data.imports (organisation_id, business_id, id))`,
  `create index on data.import_sightings (import_id)`,
  `create table data.import_edges (
    organisation_id uuid not null, business_id uuid not null, dataset text not null, group_key text collate "C" not null,
    import_id uuid not null, edge text not null check (edge in ('start', 'end', 'both')),
    primary key (organisation_id, business_id, dataset, group_key, import_id),
    foreign key (organisation_id, business_id, import_id) references data.imports (organisation_id, business_id, id))`,
  `create table data.import_groups (
    organisation_id uuid not null, import_id uuid not null, dataset text not null, group_key text collate "C" not null,
    counts jsonb not null, primary key (organisation_id, import_id, dataset, group_key),
    foreign key (organisation_id, import_id) references data.imports (organisation_id, id) on delete cascade)`,
]

const recordTables = [
  `create table data.record_aliases (
    organisation_id uuid not null, business_id uuid not null, dataset text not null, source text not null,
    source_key text collate "C" not null, record_id uuid not null,
    primary key (organisation_id, business_id, dataset, source, source_key, record_id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create index on data.record_aliases (record_id)`,
  `create table data.overrides (
    organisation_id uuid not null, business_id uuid not null, id uuid not null default uuidv7(), dataset text not null,
    record_id uuid not null, field text not null, imported_value jsonb not null, value jsonb not null,
    cause text not null check (cause in ('effect', 'hand')), effect_id uuid, actor_id uuid,
    state text not null check (state in ('standing', 'superseded', 'confirmed', 'replaced', 'reverted')),
    created_at timestamptz not null default now(), ended_at timestamptz,
    primary key (organisation_id, business_id, id), check ((cause = 'effect') = (effect_id is not null)),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create unique index on data.overrides (organisation_id, business_id, dataset, record_id, field) where state = 'standing'`,
  `create index on data.overrides (organisation_id, business_id, dataset, record_id, created_at)`,
  `create index on data.overrides (effect_id) where effect_id is not null`,
  `create table data.categories (
    organisation_id uuid not null, business_id uuid not null, name text not null, created_at timestamptz not null default now(),
    primary key (organisation_id, business_id, name),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
]

const protectedTables = [
  'imports',
  'import_chunks',
  'import_errors',
  'import_changes',
  'import_sightings',
  'import_edges',
  'import_groups',
  'record_aliases',
  'overrides',
  'categories',
]
