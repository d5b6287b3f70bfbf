import { sql, type Kysely } from 'kysely'

/** Makes it possible to review a service, to answer and to report a review, and to see what a service is rated. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...rights, ...views, ...functions]) await sql.raw(statement).execute(db)
}

const subscription = `foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id)`
const business = `foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id)`
const service = `foreign key (provider_id, service_id) references bizq.services (organisation_id, id)`

const tables = [
  // The author's own row. Its id is public: drawn at random, it tells neither moment nor subscription.
  `create table bizq.reviews (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), subscription_id uuid not null, business_id uuid not null,
    provider_id uuid not null, service_id uuid not null, stars smallint not null check (stars between 1 and 5),
    words text not null, shown_words text not null, country text, subscribed text not null, decided text not null,
    written_by uuid, created_at timestamptz not null default now(), edited_at timestamptz, taken_back_at timestamptz,
    hidden_at timestamptz, hidden_reason text,
    primary key (organisation_id, id), unique (id), ${subscription}, ${business}, ${service})`,
  `create unique index one_review on bizq.reviews (organisation_id, subscription_id)`,
  `create table bizq.review_versions (
    organisation_id uuid not null, id uuid not null default uuidv7(), review_id uuid not null, stars smallint not null,
    shown_words text not null, at timestamptz not null default now(), primary key (organisation_id, id),
    foreign key (organisation_id, review_id) references bizq.reviews (organisation_id, id))`,
  `create index on bizq.review_versions (organisation_id, review_id, id)`,
  // What everybody may read of it stands with the service, and names no operator, business or subscription.
  `create table bizq.service_reviews (
    organisation_id uuid not null, id uuid not null, service_id uuid not null, stars smallint not null check (stars between 1 and 5),
    words text not null, country text, subscribed text not null, decided text not null,
    day date not null default current_date, edited_day date, taken_back_at timestamptz, hidden_at timestamptz, hidden_reason text,
    answer text, answered_at timestamptz, primary key (organisation_id, id),
    foreign key (organisation_id, service_id) references bizq.services (organisation_id, id))`,
  `create index on bizq.service_reviews (service_id, day desc, id desc)`,
  `create table bizq.review_reports (
    organisation_id uuid not null, id uuid not null default uuidv7(), review_id uuid not null, provider_id uuid not null,
    reporter text not null check (reporter in ('operator', 'provider')), reason text not null, words text,
    state text not null default 'open' check (state in ('open', 'hidden', 'kept')), decision_reason text,
    at timestamptz not null default now(), decided_at timestamptz, primary key (organisation_id, id),
    foreign key (provider_id, review_id) references bizq.service_reviews (organisation_id, id))`,
  `create unique index one_open_report on bizq.review_reports (organisation_id, review_id) where state = 'open'`,
  `create index on bizq.review_reports (review_id)`,
]

const all = ['reviews', 'review_versions', 'service_reviews', 'review_reports']
const rights = [
  ...all.flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `select bizq.open_to_directory('bizq.${table}')`,
  ]),
  `revoke delete on bizq.reviews, bizq.review_reports from bizq_app`,
  `revoke update, delete on bizq.review_versions from bizq_app`,
  `revoke insert, update, delete on bizq.service_reviews from bizq_app`,
  `grant update (answer, answered_at, hidden_at, hidden_reason) on bizq.service_reviews to bizq_app`,
]

const views = [
  `create view directory.reviews as
    select id, organisation_id as provider_id, service_id, stars, words, country, subscribed, decided, day, edited_day, answer,
      answered_at::date as answered_day
    from bizq.service_reviews where hidden_at is null and taken_back_at is null`,
  // The key to sort by: five reviews of 3.5 are put beside those that there are, so that one of 5 does not beat fifty of 4.8.
  `create view directory.ratings as
    select service_id, count(*)::int as count, avg(stars)::numeric(4, 3) as mean,
      array[count(*) filter (where stars = 1), count(*) filter (where stars = 2), count(*) filter (where stars = 3),
        count(*) filter (where stars = 4), count(*) filter (where stars = 5)]::int[] as stars,
      ((5 * 3.5 + sum(stars)) / (5 + count(*)))::numeric(6, 5) as key
    from bizq.service_reviews where hidden_at is null and taken_back_at is null group by service_id`,
  // For the moderation alone: whose a review is, who reported it, and what it said before.
  `create view directory.review_authors as
    select id, organisation_id, subscription_id, business_id, service_id, provider_id from bizq.reviews`,
  `create view directory.moderated_reviews as
    select r.id, r.organisation_id as provider_id, r.service_id, s.slug, o.name as publisher, r.stars, r.words, r.country, r.subscribed,
      r.decided, r.day, r.edited_day, r.answer, r.hidden_at, r.hidden_reason, r.taken_back_at, a.edited_at
    from bizq.service_reviews r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
      left join bizq.reviews a on a.id = r.id`,
  `create view directory.review_reports as
    select id, organisation_id, review_id, provider_id, reporter, reason, words, state, decision_reason, at, decided_at from bizq.review_reports`,
  `create view directory.review_versions as select id, review_id, stars, shown_words, at from bizq.review_versions`,
  `grant select on directory.reviews, directory.ratings, directory.review_authors, directory.moderated_reviews,
    directory.review_reports, directory.review_versions to bizq_directory`,
]

const functions = [
  // It takes nothing but an id: what it tells is what stands in the author's row, the words as they were redacted.
  `create function bizq.tell_review(review uuid) returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own text := current_setting('bizq.organisation', true);
      told bizq.reviews;
    begin
      select * into strict told from bizq.reviews where organisation_id = own::uuid and id = review;
      perform set_config('bizq.organisation', told.provider_id::text, true);
      insert into bizq.service_reviews as s (organisation_id, id, service_id, stars, words, country, subscribed, decided, taken_back_at, hidden_at, hidden_reason)
        values (told.provider_id, told.id, told.service_id, told.stars, told.shown_words, told.country, told.subscribed, told.decided,
          told.taken_back_at, told.hidden_at, told.hidden_reason)
        on conflict (organisation_id, id) do update set stars = excluded.stars, words = excluded.words, country = excluded.country,
          subscribed = excluded.subscribed, decided = excluded.decided, taken_back_at = excluded.taken_back_at,
          edited_day = case when (s.stars, s.words) is distinct from (excluded.stars, excluded.words) then current_date else s.edited_day end;
      perform set_config('bizq.organisation', own, true);
    end $$`,
  // Whether somebody belongs to both: who sells a service does not review it.
  `create function bizq.shares_member(provider uuid) returns boolean language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare
      own text := current_setting('bizq.organisation', true);
      people uuid[];
      shared boolean;
    begin
      people := array(select user_id from bizq.members where organisation_id = own::uuid);
      perform set_config('bizq.organisation', provider::text, true);
      shared := exists (select from bizq.members where organisation_id = provider and user_id = any (people));
      perform set_config('bizq.organisation', own, true);
      return shared;
    end $$`,
  `revoke execute on function bizq.tell_review(uuid), bizq.shares_member(uuid) from public`,
  `grant execute on function bizq.tell_review(uuid), bizq.shares_member(uuid) to bizq_app`,
]
