import { sql, type Kysely } from 'kysely'

/** Makes it possible to give credit back that had paid a line, and to have the 30 days of money back wait for a bank. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // Of `promotional`: what is there again of the plan's credit of the period, and of what was granted.
  `alter table bizq.refunds add column service_back bigint not null default 0 check (service_back >= 0),
    add column granted_back bigint not null default 0 check (granted_back >= 0),
    add check (service_back + granted_back = 0 or service_back + granted_back <= promotional)`,
  `grant update (service_back, granted_back) on bizq.refunds to bizq_app`,
  `create or replace view directory.refunds as
    select r.id, r.organisation_id, o.name as operator_name, r.invoice_id, r.line_id, r.service_id, r.provider_id, r.cause, r.cause_id, r.way, r.currency,
      r.amount, r.card, r.credit, r.promotional, r.tax, r.share, r.conversion, r.platform, r.reason, r.state, r.failure, r.stripe_refund,
      r.made_at, r.settled_at, r.ended_at, r.service_back, r.granted_back
    from bizq.refunds r join bizq.organisations o using (organisation_id)`,
  // In the operator's own time, which a test clock may have put ahead.
  `alter table bizq.card_disputes add column began_at timestamptz, add column decided_at timestamptz`,
  `create or replace view directory.card_disputes as
    select id, stripe_dispute, status, stage, evidence_at, stripe_charge, currency, amount, fee,
      coalesce(began_at, opened_at) as began_at, coalesce(decided_at, closed_at) as decided_at from bizq.card_disputes`,
]
