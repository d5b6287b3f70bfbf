import { sql, type Kysely } from 'kysely'

/** Makes it possible to agree to personal data, field by field and by a person, and to take that back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table bizq.grants add column personal_given_by uuid, add column personal_given_at timestamptz`,
  // A draft is only looked at. What is read for a provider names a personal field only when somebody agreed to it.
  `alter table bizq.grants add constraint personal_is_given check (state = 'draft' or consent -> 'personal' is null
    or (personal_given_by is not null and personal_given_at is not null))`,
  `alter table bizq.subscriptions add column personal_withdrawn_at timestamptz`,
  // What was given personal data leaves no log to its provider, whoever shares it.
  `create or replace view directory.shared_logs as
    select e.provider_id, e.told_as as line_id, e.log from bizq.executions e
    where e.log_shared_at is not null and not exists (select from bizq.grants g
      where g.organisation_id = e.organisation_id and g.id = e.grant_id and g.consent -> 'personal' is not null)`,
]
