import { sql, type Kysely } from 'kysely'

/**
 * Makes it possible for a provider whose account with Stripe was lost to begin another: the old one stays on record, and
 * each transfer and payout says which account it is of.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

/** Until now there was one account of each provider. Whoever owns the tables sees all of them for as long as it takes. */
const naming = (table: string, column: string) => [
  `alter table bizq.${table} add column ${column} text`,
  ...['payout_accounts', table].map((each) => `alter table bizq.${each} no force row level security`),
  `update bizq.${table} t set ${column} = coalesce(a.stripe_account, 'unknown')
    from bizq.payout_accounts a where a.organisation_id = t.organisation_id`,
  ...['payout_accounts', table].map((each) => `alter table bizq.${each} force row level security`),
  `alter table bizq.${table} alter column ${column} set not null`,
]

const tables = [
  `create table bizq.former_payout_accounts (
    organisation_id uuid not null references bizq.organisations, id uuid not null, stripe_account text not null unique,
    country text not null, begun_at timestamptz not null, ended_at timestamptz not null, primary key (organisation_id, id))`,
  `select bizq.protect('bizq.former_payout_accounts')`,
  `revoke update, delete on bizq.former_payout_accounts from bizq_app`,
  `select bizq.open_to_directory('bizq.former_payout_accounts')`,
  // Where a transfer goes, whatever becomes of the account: asked again, it is asked for the same.
  ...naming('transfers', 'destination'),
  ...naming('payouts', 'stripe_account'),
]

const views = [
  `create or replace view directory.transfers as
    select t.organisation_id, t.id, t.currency, t.amount, t.reversed, t.state, t.stripe_transfer, t.planned_at,
      coalesce((select sum(e.share) from bizq.earnings e where e.organisation_id = t.organisation_id and e.transfer_id = t.id), 0)
        - coalesce((select sum(r.amount) from bizq.earning_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id), 0) as parts,
      coalesce((select sum(r.amount) from bizq.transfer_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id and r.state <> 'refused'), 0) as taken_back,
      coalesce((select sum(r.amount) from bizq.transfer_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id and r.state = 'made'), 0) as returned,
      coalesce(decided_at, planned_at) as decided_at, t.destination
    from bizq.transfers t`,
  `create or replace view directory.payouts as
    select organisation_id, id, stripe_payout, state, currency, amount, stripe_account from bizq.payouts`,
  `create or replace view directory.payout_accounts as
    select organisation_id, id, stripe_account, state, can_be_paid, next_transfer_at,
      next_transfer_at - clock_ahead_ms * interval '1 millisecond' as real_transfer_at, reason from bizq.payout_accounts`,
  // Every account that a provider ever had.
  `create view directory.stripe_accounts as
    select organisation_id, stripe_account from bizq.payout_accounts where stripe_account is not null
    union all select organisation_id, stripe_account from bizq.former_payout_accounts`,
  `grant select on directory.stripe_accounts to bizq_directory`,
]
