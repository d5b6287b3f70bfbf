import { sql, type Kysely } from 'kysely'

/** Makes it possible for the platform to hide, suspend, stop and feature, to tell whom it concerns, and to hear their objection. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...functions, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  // Why the platform stopped an organisation: while it stands, its own people cannot take the stop back.
  `alter table bizq.organisations add column stopped_by_platform text`,
  // What the platform did to a service or an organisation; one that holds is lifted by another.
  `create table bizq.platform_acts (
    organisation_id uuid not null references bizq.organisations, id uuid not null default gen_random_uuid(),
    kind text not null check (kind in ('hide', 'show', 'suspend', 'restore', 'stop', 'resume')),
    concerns_id uuid not null, service_id uuid, code text not null, words text not null, user_id uuid,
    at timestamptz not null default now(), lifted_at timestamptz,
    objection text, objected_at timestamptz, answer text, answered_at timestamptz,
    primary key (organisation_id, id), check ((service_id is null) = (kind in ('stop', 'resume'))))`,
  `create index on bizq.platform_acts (organisation_id, at desc, id desc)`,
  `create index on bizq.platform_acts (service_id, kind) where lifted_at is null`,
  `create unique index one_standing_act on bizq.platform_acts (organisation_id, kind, concerns_id, coalesce(service_id, concerns_id))
    where lifted_at is null and kind in ('hide', 'suspend', 'stop')`,
  // The same for whom it concerns: a provider, and every operator that subscribed.
  `create table bizq.platform_notices (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), act uuid not null,
    kind text not null, service_id uuid, service_slug text, service_name text, code text not null, words text not null,
    at timestamptz not null default now(), lifted_at timestamptz, may_object boolean not null,
    objection text, objected_at timestamptz, answer text, answered_at timestamptz,
    primary key (organisation_id, id), unique (organisation_id, act))`,
  `create index on bizq.platform_notices (organisation_id, service_id)`,
  `create table bizq.featured_services (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), service_id uuid not null, words text not null,
    from_day date not null, until_day date not null, user_id uuid, created_at timestamptz not null default now(), ended_at timestamptz,
    primary key (organisation_id, id), check (until_day >= from_day))`,
  ...['platform_acts', 'platform_notices', 'featured_services'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `revoke delete on bizq.${table} from bizq_app`,
  ]),
  `select bizq.open_to_directory('bizq.platform_acts')`,
  `select bizq.open_to_directory('bizq.featured_services')`,
]

const functions = [
  // Brings an objection to the platform's own row; only of whom the act concerns, and once.
  `create function bizq.object_to_platform(platform uuid, act uuid, words text) returns boolean
    language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own uuid := bizq.organisation();
      is_done boolean;
    begin
      perform set_config('bizq.organisation', platform::text, true);
      update bizq.platform_acts set objection = words, objected_at = now()
        where organisation_id = platform and id = act and concerns_id = own and lifted_at is null and objection is null;
      is_done := found;
      perform set_config('bizq.organisation', own::text, true);
      return is_done;
    end $$`,
  `revoke execute on function bizq.object_to_platform(uuid, uuid, text) from public`,
  `grant execute on function bizq.object_to_platform(uuid, uuid, text) to bizq_app`,
]

const views = [
  `create view directory.hidden_services as
    select service_id from bizq.platform_acts where kind = 'hide' and lifted_at is null`,
  // Over by itself with its last day; days are UTC's.
  `create view directory.featured_services as
    select id, service_id, words, from_day, until_day from bizq.featured_services
    where ended_at is null and (now() at time zone 'UTC')::date between from_day and until_day`,
  // A client of an organisation that the platform stopped is none.
  `create or replace view directory.oauth_clients as
    select c.id, c.organisation_id, o.name as publisher, c.kind, c.name, c.keys, c.redirect_uris, c.scopes
    from bizq.oauth_clients c join bizq.organisations o using (organisation_id)
    where c.deleted_at is null and o.stopped_by_platform is null`,
  `create view directory.admin_services as
    select s.id, s.organisation_id as provider_id, o.name as publisher, s.slug, s.created_at,
      r.name, r.category, r.version, r.state, r.published_at,
      (select count(*)::int from bizq.subscriptions x where x.service_id = s.id and x.state <> 'cancelled') as subscribers,
      (select count(*)::int from bizq.disputes d where d.service_id = s.id and d.side = 'platform' and d.opened_at > now() - interval '90 days') as complaints,
      (select count(*)::int from bizq.disputes d where d.service_id = s.id and d.side = 'platform' and d.state in ('open', 'answered')) as open_disputes,
      exists (select 1 from bizq.platform_acts a where a.service_id = s.id and a.kind = 'hide' and a.lifted_at is null) as is_hidden,
      exists (select 1 from bizq.platform_acts a where a.service_id = s.id and a.kind = 'suspend' and a.lifted_at is null) as is_suspended
    from bizq.services s join bizq.organisations o using (organisation_id)
      left join lateral (
        select manifest ->> 'name' as name, category, version, state, published_at from bizq.releases r
        where r.organisation_id = s.organisation_id and r.service_id = s.id
        order by (state = 'published') desc, (published_at is not null) desc, major desc, minor desc, patch desc limit 1) r on true`,
  `create view directory.admin_organisations as
    select o.organisation_id as id, o.kind, o.name, o.created_at, o.stopped_at, o.stopped_by_platform,
      (select count(*)::int from bizq.members m where m.organisation_id = o.organisation_id) as members,
      (select count(*)::int from bizq.businesses b where b.organisation_id = o.organisation_id and b.archived_at is null) as businesses,
      (select count(*)::int from bizq.services s where s.organisation_id = o.organisation_id) as services,
      (select count(*)::int from bizq.subscriptions x where x.organisation_id = o.organisation_id and x.state <> 'cancelled') as subscriptions,
      (select count(*)::int from bizq.disputes d where d.organisation_id = o.organisation_id and d.state in ('open', 'answered')) as open_disputes
    from bizq.organisations o`,
  `create view directory.subscribed_organisations as
    select distinct service_id, organisation_id from bizq.subscriptions where state <> 'cancelled'`,
  `grant select on directory.hidden_services, directory.featured_services, directory.admin_services, directory.admin_organisations,
    directory.subscribed_organisations to bizq_directory`,
]
