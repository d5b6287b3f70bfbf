import { sql, type Kysely } from 'kysely'

/** Makes it possible for certifiers to judge what a machine cannot, each for themselves, and to look back at what was decided. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // In the platform's own organisation: who decided stays here, and never reaches the provider.
  `create table bizq.certifier_decisions (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    provider_id uuid not null, service_id uuid not null, release_id uuid not null, report_id uuid not null, report_digest text not null,
    kind text not null check (kind in ('approve', 'refuse', 'ask')), words text not null, checklist jsonb not null,
    user_id uuid not null, slug text not null, name text not null, version text not null, publisher text not null,
    decided_at timestamptz not null default now(), primary key (organisation_id, id))`,
  `create index on bizq.certifier_decisions (organisation_id, release_id, id)`,
  // One approval of each person for one report.
  `create unique index one_approval on bizq.certifier_decisions (organisation_id, release_id, report_id, user_id) where kind = 'approve'`,
  `create table bizq.certifier_checklists (
    organisation_id uuid not null references bizq.organisations, release_id uuid not null, report_id uuid not null, user_id uuid not null,
    answers jsonb not null, answered_at timestamptz not null default now(),
    primary key (organisation_id, release_id, report_id, user_id))`,
  ...['certifier_decisions', 'certifier_checklists'].map((table) => `select bizq.protect('bizq.${table}')`),
  `revoke update, delete on bizq.certifier_decisions from bizq_app`,
]
