import { sql, type Kysely } from 'kysely'

/** Makes it possible to sign up, to belong to an organisation, to use tokens, and to record who did what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await authTables(db)
  await organisationTables(db)
  await auditAndEvents(db)
}

async function authTables(db: Kysely<unknown>): Promise<void> {
  await sql`create table auth."user" (
    id uuid primary key default uuidv7(), name text not null, email text not null unique, "emailVerified" boolean not null default false,
    image text, "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now())`.execute(
    db,
  )
  await sql`create table auth.session (
    id uuid primary key default uuidv7(), "expiresAt" timestamptz not null, token text not null unique,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now(),
    "ipAddress" text, "userAgent" text, "userId" uuid not null references auth."user" (id) on delete cascade)`.execute(
    db,
  )
  await sql`create index on auth.session ("userId")`.execute(db)
  await sql`create table auth.account (
    id uuid primary key default uuidv7(), "accountId" text not null, "providerId" text not null,
    "userId" uuid not null references auth."user" (id) on delete cascade,
    "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" timestamptz,
    "refreshTokenExpiresAt" timestamptz, scope text, password text,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now())`.execute(
    db,
  )
  await sql`create index on auth.account ("userId")`.execute(db)
  await sql`create table auth.verification (
    id uuid primary key default uuidv7(), identifier text not null, value text not null, "expiresAt" timestamptz not null,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now())`.execute(
    db,
  )
  await sql`create index on auth.verification (identifier)`.execute(db)
  await sql`grant select, insert, update, delete on all tables in schema auth to bizq_auth`.execute(db)
}

async function organisationTables(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.organisations (
    organisation_id uuid primary key, kind text not null check (kind in ('operator', 'provider', 'platform')),
    name text not null, stopped_at timestamptz, created_at timestamptz not null default now())`.execute(db)
  await sql`create table bizq.members (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    user_id uuid not null, name text not null, email citext not null,
    role text not null check (role in ('owner', 'manager', 'viewer')), created_at timestamptz not null default now(),
    primary key (organisation_id, id), unique (organisation_id, user_id))`.execute(db)
  await sql`create index on bizq.members (user_id)`.execute(db)
  await sql`create table bizq.invitations (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    email citext not null, role text not null check (role in ('owner', 'manager', 'viewer')), secret_hash text not null unique,
    expires_at timestamptz not null, accepted_at timestamptz, created_at timestamptz not null default now(),
    primary key (organisation_id, id))`.execute(db)
  await sql`create table bizq.api_tokens (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    user_id uuid not null, name text not null, hint text not null, secret_hash text not null unique,
    role text not null, scopes text[] not null, expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz,
    created_at timestamptz not null default now(), primary key (organisation_id, id))`.execute(db)
  await sql`create table bizq.idempotency_keys (
    organisation_id uuid not null, actor text not null, operation text not null, key text not null,
    request_hash text not null, result text, problem jsonb, created_at timestamptz not null default now(),
    primary key (organisation_id, actor, operation, key))`.execute(db)
  await sql`create table bizq.businesses (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    name text not null, legal_name text, tax_number text, iban text, domains text[] not null default '{}',
    currency text not null, country text not null, time_zone text not null, locale text not null default 'en-GB',
    tags text[] not null default '{}', fenced_at timestamptz, archived_at timestamptz,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    primary key (organisation_id, id))`.execute(db)
  for (const table of [
    'organisations',
    'members',
    'invitations',
    'api_tokens',
    'idempotency_keys',
    'businesses',
  ]) {
    await sql`select bizq.protect(${`bizq.${table}`}::regclass)`.execute(db)
  }
  for (const table of ['organisations', 'members', 'invitations', 'api_tokens']) {
    await sql`select bizq.open_to_directory(${`bizq.${table}`}::regclass)`.execute(db)
  }
  await sql`create view directory.memberships as
    select m.user_id, m.organisation_id, m.id as member_id, m.role, o.kind, o.name
    from bizq.members m join bizq.organisations o using (organisation_id)`.execute(db)
  // A token is never more than its maker: removed, it is nothing; with a lower role, it has that role.
  await sql`create view directory.tokens as
    select t.secret_hash, t.organisation_id, t.id, t.user_id, (array['viewer', 'manager', 'owner'])[least(
        array_position(array['viewer', 'manager', 'owner'], t.role), array_position(array['viewer', 'manager', 'owner'], m.role))] as role,
      t.scopes, o.kind, o.stopped_at is not null as is_stopped
    from bizq.api_tokens t join bizq.organisations o using (organisation_id)
      join bizq.members m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
    where t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`.execute(db)
  await sql`create view directory.invitations as
    select i.secret_hash, i.organisation_id, i.id, i.email::text as email, i.role, o.kind
    from bizq.invitations i join bizq.organisations o using (organisation_id)
    where i.expires_at > now()`.execute(db)
  await sql`grant select on directory.memberships, directory.tokens, directory.invitations to bizq_directory`.execute(
    db,
  )
}

async function auditAndEvents(db: Kysely<unknown>): Promise<void> {
  await sql`create table bizq.audit_entries (
    organisation_id uuid not null, id uuid not null default uuidv7(), xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp(), actor_kind text not null, actor_id text, action text not null,
    subject jsonb not null, primary key (organisation_id, id))`.execute(db)
  await sql`select bizq.protect('bizq.audit_entries')`.execute(db)
  await sql`revoke update, delete on bizq.audit_entries from bizq_app`.execute(db)
  await sql`create table bizq.events (
    organisation_id uuid not null, id uuid not null default uuidv7(), xid xid8 not null default pg_current_xact_id(),
    seq bigint generated always as identity, at timestamptz not null default clock_timestamp(), type text not null, payload jsonb not null,
    primary key (organisation_id, id))`.execute(db)
  await sql`create index on bizq.events (organisation_id, xid, seq)`.execute(db)
  await sql`select bizq.protect('bizq.events')`.execute(db)
  await sql`revoke update, delete on bizq.events from bizq_app`.execute(db)
  await sql`grant usage on all sequences in schema bizq to bizq_app`.execute(db)
}
