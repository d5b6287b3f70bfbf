import { sql, type Kysely } from 'kysely'

/** Makes it possible to keep what certification found, what was submitted beside a release, and the certificate that follows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const ofRelease = `foreign key (organisation_id, release_id) references bizq.releases (organisation_id, id)`

const tables = [
  // Content-addressed: the same file is kept once for each provider, and never changes.
  `create table bizq.document_contents (
    organisation_id uuid not null references bizq.organisations, digest text not null, content bytea not null,
    primary key (organisation_id, digest))`,
  `create table bizq.release_documents (
    organisation_id uuid not null, release_id uuid not null, name text not null, media_type text not null, digest text not null,
    byte_count integer not null, place integer not null, primary key (organisation_id, release_id, name), ${ofRelease},
    foreign key (organisation_id, digest) references bizq.document_contents (organisation_id, digest))`,
  // As text: an input that shows a fault may hold characters that jsonb does not take.
  `create table bizq.release_reports (
    organisation_id uuid not null, id uuid not null default uuidv7(), release_id uuid not null, digest text not null,
    suite text not null, verdict text not null check (verdict in ('passed', 'failed')), report text not null,
    made_at timestamptz not null default now(), primary key (organisation_id, id), ${ofRelease})`,
  `create index on bizq.release_reports (organisation_id, release_id, id desc)`,
  `create table bizq.certificates (
    organisation_id uuid not null, id uuid not null default uuidv7(), release_id uuid not null, report_id uuid not null,
    suite text not null, profiles text[] not null, reviewers integer not null, certificate text not null,
    issued_at timestamptz not null, expires_at timestamptz not null, primary key (organisation_id, id), ${ofRelease},
    foreign key (organisation_id, report_id) references bizq.release_reports (organisation_id, id))`,
  `create index on bizq.certificates (organisation_id, release_id, id desc)`,
  `create index on bizq.certificates (release_id, id desc)`,
  // What a certifier asked or found and what the provider answered, as the provider sees it: no name of anybody.
  `create table bizq.review_notes (
    organisation_id uuid not null, id uuid not null default uuidv7(), release_id uuid not null, report_id uuid not null,
    kind text not null check (kind in ('question', 'answer', 'approval', 'refusal')), words text not null,
    at timestamptz not null default now(), primary key (organisation_id, id), ${ofRelease},
    foreign key (organisation_id, report_id) references bizq.release_reports (organisation_id, id))`,
  `create index on bizq.review_notes (organisation_id, release_id, id)`,
  `alter table bizq.releases
    add report_id uuid, add foreign key (organisation_id, report_id) references bizq.release_reports (organisation_id, id),
    add reviewers_needed integer not null default 0, add review_reasons jsonb not null default '[]',
    add review_since timestamptz, add asked_at timestamptz, add recertify_by timestamptz`,
  ...['document_contents', 'release_documents', 'release_reports', 'certificates', 'review_notes'].flatMap(
    (table) => [
      `select bizq.protect('bizq.${table}')`,
      `select bizq.open_to_directory('bizq.${table}')`,
      `revoke update on bizq.${table} from bizq_app`,
    ],
  ),
  `revoke delete on bizq.document_contents, bizq.release_reports, bizq.certificates, bizq.review_notes from bizq_app`,
]

const views = [
  `create view directory.certificates as
    select distinct on (c.release_id) c.release_id, r.service_id, r.digest, c.suite, c.profiles, c.reviewers, c.certificate, c.issued_at,
      c.expires_at, r.recertify_by
    from bizq.certificates c join bizq.releases r on r.organisation_id = c.organisation_id and r.id = c.release_id
    where r.published_at is not null or r.state in ('staged', 'suspended')
    order by c.release_id, c.id desc`,
  `create view directory.documents as
    select d.release_id, d.name, d.media_type, d.digest, d.byte_count, d.place, b.content
    from bizq.release_documents d
      join bizq.document_contents b on b.organisation_id = d.organisation_id and b.digest = d.digest
      join bizq.releases r on r.organisation_id = d.organisation_id and r.id = d.release_id
    where r.published_at is not null and d.name <> 'cases.json'`,
  // What waits for a certifier: enough to say why and since when.
  `create view directory.submissions as
    select r.id, r.organisation_id as provider_id, r.service_id, s.slug, o.name as publisher, r.version, r.manifest ->> 'name' as name,
      r.category, r.review_since, r.review_reasons, r.reviewers_needed, r.asked_at, r.report_id
    from bizq.releases r
      join bizq.services s on s.organisation_id = r.organisation_id and s.id = r.service_id
      join bizq.organisations o on o.organisation_id = r.organisation_id
    where r.state = 'submitted' and r.review_since is not null`,
  `create index on bizq.releases (review_since) where state = 'submitted' and review_since is not null`,
  // The release of each service that is offered, or was last, and what it was certified by: what a new suite has to look at.
  `create view directory.standing_releases as
    select distinct on (r.service_id) r.id, r.organisation_id as provider_id, r.service_id, r.recertify_by, c.suite, c.expires_at,
      (select max(made_at) from bizq.release_reports p where p.organisation_id = r.organisation_id and p.release_id = r.id) as checked_at
    from bizq.releases r
      left join lateral (select suite, expires_at from bizq.certificates c
        where c.organisation_id = r.organisation_id and c.release_id = r.id order by c.id desc limit 1) c on true
    where r.published_at is not null and r.state in ('published', 'deprecated', 'suspended')
    order by r.service_id, (r.state = 'published') desc, r.is_prerelease, r.major desc, r.minor desc, r.patch desc`,
  `grant select on directory.certificates, directory.documents, directory.submissions, directory.standing_releases to bizq_directory`,
]
