import { sql, type Kysely } from 'kysely'

/** Makes it possible to tell an organisation what became of its money, each thing once, and before a trial or a cap ends. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table bizq.billing_accounts add column trial_told_at timestamptz`,
  `alter table bizq.usage_caps add column near_at timestamptz`,
  // A subject is what a notice speaks of: the newest of each is what stands.
  `create table bizq.money_notices (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), cause text not null,
    subject text not null, what text not null, facts jsonb not null, at timestamptz not null,
    primary key (organisation_id, id), unique (organisation_id, cause))`,
  `create index on bizq.money_notices (organisation_id, subject, at desc)`,
  `select bizq.protect('bizq.money_notices')`,
  `revoke update, delete on bizq.money_notices from bizq_app`,
]
