import { sql, type Kysely } from 'kysely'

/** Makes it possible for programs of others to act with OAuth 2.0: clients of providers, what people consented to, and what the authorisation server keeps. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...artifacts, ...tables, ...views]) await sql.raw(statement).execute(db)
}

// Codes, tokens and sessions: found by the fingerprint of what their holder sends, and sealed.
const artifacts = [
  `create table auth.oauth_artifacts (
    model text not null, id text not null, payload_sealed bytea not null, grant_id text, uid text, user_code text,
    expires_at timestamptz, consumed_at timestamptz, primary key (model, id))`,
  `create index on auth.oauth_artifacts (grant_id) where grant_id is not null`,
  `create index on auth.oauth_artifacts (model, uid) where uid is not null`,
  `create unique index on auth.oauth_artifacts (model, user_code) where user_code is not null`,
  `create index on auth.oauth_artifacts (expires_at) where expires_at is not null`,
  // An assertion or a proof is taken once, whichever node it comes to first: its key is the primary key.
  `create table auth.oauth_replays (id text primary key, expires_at timestamptz not null)`,
  `create index on auth.oauth_replays (expires_at)`,
  `grant select, insert, update, delete on auth.oauth_artifacts, auth.oauth_replays to bizq_auth`,
]

const tables = [
  `create table bizq.oauth_clients (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    kind text not null check (kind in ('service', 'app')), name text not null, keys jsonb not null, redirect_uris text[] not null,
    scopes text[] not null, created_at timestamptz not null default now(), rotated_at timestamptz, deleted_at timestamptz,
    primary key (organisation_id, id))`,
  `create unique index on bizq.oauth_clients (id)`,
  `create table bizq.oauth_consents (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), user_id uuid not null,
    client text not null, client_name text not null, scopes text[] not null, created_at timestamptz not null default now(),
    revoked_at timestamptz, primary key (organisation_id, id))`,
  `create unique index on bizq.oauth_consents (id)`,
  ...['oauth_clients', 'oauth_consents'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `select bizq.open_to_directory('bizq.${table}')`,
  ]),
  `revoke delete on bizq.oauth_clients, bizq.oauth_consents from bizq_app`,
  `select bizq.open_to_directory('bizq.businesses')`,
]

const views = [
  `create view directory.oauth_clients as
    select c.id, c.organisation_id, o.name as publisher, c.kind, c.name, c.keys, c.redirect_uris, c.scopes
    from bizq.oauth_clients c join bizq.organisations o using (organisation_id)
    where c.deleted_at is null`,
  // A consent is never more than the person who gave it: removed, it is nothing; with a lower role, it has that role.
  `create view directory.oauth_consents as
    select c.id, c.organisation_id, c.user_id, c.client, c.scopes, m.role, o.kind, o.stopped_at is not null as is_stopped
    from bizq.oauth_consents c join bizq.organisations o using (organisation_id)
      join bizq.members m on m.organisation_id = c.organisation_id and m.user_id = c.user_id
    where c.revoked_at is null`,
  // Whether a provider may act on a grant now; it says nothing of whose it is but to the one who serves it.
  `create view directory.provider_grants as
    select g.id, g.organisation_id, g.provider_id, g.state = 'active' and s.state = 'active' and o.stopped_at is null
        and b.fenced_at is null and r.state not in ('suspended', 'withdrawn') as is_open
    from bizq.grants g
      join bizq.subscriptions s on s.organisation_id = g.organisation_id and s.id = g.subscription_id
      join bizq.organisations o on o.organisation_id = g.organisation_id
      join bizq.businesses b on b.organisation_id = g.organisation_id and b.id = g.business_id
      join bizq.releases r on r.organisation_id = g.provider_id and r.id = g.release_id`,
  `grant select on directory.oauth_clients, directory.oauth_consents, directory.provider_grants to bizq_directory`,
]
