import { sql, type Kysely } from 'kysely'

/** Makes it possible to lay everything that Stripe keeps beside ours, whosever it is: invoices, cards, disputes, payouts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of views) await sql.raw(statement).execute(db)
}

const views = [
  `create view directory.invoices_beside_stripe as
    select id, state, currency, card, tax, processing, number, stripe_invoice, stripe_charge from bizq.invoices
    where card > 0 or stripe_invoice is not null or stripe_charge is not null`,
  `create view directory.cards as
    select organisation_id, stripe_customer, payment_method->>'id' as card from bizq.billing_accounts where stripe_customer is not null`,
  `create or replace view directory.card_disputes as
    select id, stripe_dispute, status, stage, evidence_at, stripe_charge, currency, amount, fee from bizq.card_disputes`,
  `create or replace view directory.payouts as
    select organisation_id, id, stripe_payout, state, currency, amount from bizq.payouts`,
  `create view directory.reversals_beside_stripe as
    select r.id, r.amount, r.stripe_reversal, t.stripe_transfer from bizq.transfer_reversals r
    join bizq.transfers t on t.organisation_id = r.organisation_id and t.id = r.transfer_id where r.state = 'made'`,
  `grant select on directory.invoices_beside_stripe, directory.cards, directory.reversals_beside_stripe to bizq_directory`,
]
