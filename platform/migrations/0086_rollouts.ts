import { sql, type Kysely } from 'kysely'

/** Makes it possible to take a release to some subscriptions first, to take them back, and to end what was deprecated. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.rollouts (
    organisation_id uuid not null, release_id uuid not null, service_id uuid not null,
    percent integer not null check (percent between 1 and 50), state text not null check (state in ('running', 'finished', 'reverted', 'stopped')),
    started_at timestamptz not null default now(), ends_at timestamptz not null, ended_at timestamptz,
    reasons jsonb not null default '[]', figures jsonb,
    primary key (organisation_id, release_id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id),
    foreign key (organisation_id, release_id) references bizq.releases (organisation_id, id))`,
  `create index on bizq.rollouts (ends_at) where state = 'running'`,
  // Where a subscription was before a staged release took it, so that it can go back there.
  `create table bizq.release_places (
    organisation_id uuid not null, subscription_id uuid not null, release_id uuid not null, provider_id uuid not null,
    kind text not null check (kind in ('canary', 'test')), from_release_id uuid not null, from_grant_id uuid not null,
    settings jsonb not null, kept_state jsonb, taken_at timestamptz not null default now(), returned_at timestamptz,
    primary key (organisation_id, subscription_id, release_id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id),
    foreign key (organisation_id, from_grant_id) references bizq.grants (organisation_id, id),
    foreign key (provider_id, release_id) references bizq.releases (organisation_id, id))`,
  ...['rollouts', 'release_places'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `select bizq.open_to_directory('bizq.${table}')`,
  ]),
  `alter table bizq.subscriptions
    add column returned jsonb, add column told_at timestamptz, add column ended_because text`,
]

const views = [
  `create or replace view directory.service_invitations as
    select i.code_hash, i.organisation_id as provider_id, i.id, i.service_id, i.kind, s.slug from bizq.service_invitations i
      join bizq.services s on s.organisation_id = i.organisation_id and s.id = i.service_id
    where i.revoked_at is null and i.expires_at > now()`,
  `create view directory.running_rollouts as
    select organisation_id, release_id from bizq.rollouts where state = 'running'`,
  // Which subscriptions a release may take or has; what the share is told from is the provider's own number of each.
  `create view directory.subscribed_releases as
    select organisation_id, id, service_id, release_id, subscriber_id, state, told_at from bizq.subscriptions where state <> 'cancelled'`,
  `create view directory.taken_places as
    select organisation_id, subscription_id, release_id, kind from bizq.release_places where returned_at is null`,
  `grant select on directory.running_rollouts, directory.subscribed_releases, directory.taken_places to bizq_directory`,
]
