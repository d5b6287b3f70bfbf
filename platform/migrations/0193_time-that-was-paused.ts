import { sql, type Kysely } from 'kysely'

/** Makes it possible to give back what was asked for a time in which an account was paused. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table bizq.billing_accounts add column paused_at timestamptz`,
  `alter table bizq.take_backs drop constraint take_backs_cause_check, add constraint take_backs_cause_check
    check (cause in ('no_execution', 'cancelled', 'changed', 'resting', 'downgrade', 'suspended', 'paused'))`,
  `alter table bizq.refunds drop constraint refunds_cause_check, add constraint refunds_cause_check
    check (cause in ('money_back', 'cancelled', 'no_execution', 'changed', 'resting', 'downgrade', 'suspended', 'paused', 'downtime',
      'manual', 'overpaid', 'dispute', 'dispute_won', 'outside'))`,
  `drop index bizq.one_take_back`,
  `create unique index one_take_back on bizq.take_backs (organisation_id, line_id, cause) where cause not in ('downgrade', 'paused')`,
]
