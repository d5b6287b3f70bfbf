import { sql, type Kysely } from 'kysely'

/**
 * Makes it possible to put a provider's own time ahead where no real money is moved, and to know by the platform's
 * time when Stripe was to be asked, whatever a test clock says.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const decided = 'coalesce(decided_at, planned_at)'

const statements = [
  `alter table bizq.payout_accounts add column clock_ahead_ms bigint not null default 0 check (clock_ahead_ms >= 0)`,
  // How many customers Stripe forgot with their test clocks: a new one is another cause than the last.
  `alter table bizq.billing_accounts add column clocks_lost integer not null default 0 check (clocks_lost >= 0)`,
  // Null of what was planned before there were clocks.
  ...['transfers', 'transfer_reversals'].map(
    (table) => `alter table bizq.${table} add column decided_at timestamptz`,
  ),
  `create or replace view directory.payout_accounts as
    select organisation_id, id, stripe_account, state, can_be_paid, next_transfer_at,
      next_transfer_at - clock_ahead_ms * interval '1 millisecond' as real_transfer_at from bizq.payout_accounts`,
  `create or replace view directory.transfers as
    select t.organisation_id, t.id, t.currency, t.amount, t.reversed, t.state, t.stripe_transfer, t.planned_at,
      coalesce((select sum(e.share) from bizq.earnings e where e.organisation_id = t.organisation_id and e.transfer_id = t.id), 0)
        - coalesce((select sum(r.amount) from bizq.earning_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id), 0) as parts,
      coalesce((select sum(r.amount) from bizq.transfer_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id and r.state <> 'refused'), 0) as taken_back,
      coalesce((select sum(r.amount) from bizq.transfer_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id and r.state = 'made'), 0) as returned,
      ${decided} as decided_at
    from bizq.transfers t`,
  `create or replace view directory.transfer_reversals as
    select organisation_id, id, transfer_id, amount, state, stripe_reversal, planned_at, ${decided} as decided_at
    from bizq.transfer_reversals`,
  // Whose customers are on a test clock.
  `create view directory.billing_clocks as
    select organisation_id from bizq.billing_accounts where stripe_clock is not null`,
  `grant select on directory.billing_clocks to bizq_directory`,
]
