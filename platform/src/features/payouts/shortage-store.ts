import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    /** While one is open, transfers in its currency wait for Stripe to hold enough of it. */
    transfer_shortages: {
      organisation_id: string
      id: Generated<string>
      currency: string
      began_at: Date
      ended_at: Date | null
    }
  }
}

type Tx = Transaction<Database>

/** False where one is open already. */
export async function openShortage(
  tx: Tx,
  row: { organisation_id: string; currency: string; began_at: Date },
): Promise<boolean> {
  const opened = await tx
    .insertInto('transfer_shortages')
    .values({ ...row, ended_at: null })
    .onConflict((oc) => oc.columns(['organisation_id', 'currency']).where('ended_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst()
  return opened !== undefined
}

export async function listShortages(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('transfer_shortages')
    .select('currency')
    .where('ended_at', 'is', null)
    .orderBy('currency')
    .execute()
  return rows.map(({ currency }) => currency)
}

/** False where somebody else ended it. */
export async function endShortage(tx: Tx, currency: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('transfer_shortages')
    .set({ ended_at: at })
    .where('currency', '=', currency)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What is to leave to one provider in one currency. */
interface DueRow {
  organisation_id: string
  currency: string
  amount: string
  /** The first refusal since anything was made, where Stripe held too little. */
  since: Date | null
  next_at: Date
}

/**
 * What is to leave at an instant of the platform's: transfers that are planned, and what reached the threshold of providers
 * whose turn it is, or whose turn Stripe refused for want of balance. The longest waiting first.
 */
export async function listDueTransfers(
  directory: Kysely<Database>,
  now: Date,
  threshold: bigint,
): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    with made as (
      select organisation_id, currency, max(decided_at) as at from directory.transfer_tries where state = 'made' group by 1, 2),
    short as (
      select t.organisation_id, t.currency, min(t.decided_at) as since
      from directory.transfer_tries t left join made m using (organisation_id, currency)
      where t.is_short and (m.at is null or t.decided_at > m.at) group by 1, 2),
    planned as (
      select organisation_id, currency, sum(amount) as amount from directory.transfer_tries where state = 'planned' group by 1, 2),
    kept as (
      select u.organisation_id, u.currency, sum(u.amount) as amount
      from directory.untransferred u join directory.payout_accounts a using (organisation_id)
        left join short s on s.organisation_id = u.organisation_id and s.currency = u.currency
      where a.can_be_paid and (a.real_transfer_at <= ${now}::timestamptz or s.since is not null)
        and u.available_at <= ${now}::timestamptz + (a.next_transfer_at - a.real_transfer_at)
      group by 1, 2 having sum(u.amount) >= ${String(threshold)}::bigint),
    due as (
      select organisation_id, currency, sum(amount) as amount from (select * from planned union all select * from kept) parts group by 1, 2)
    select d.organisation_id, d.currency, d.amount::text as amount, s.since, a.real_transfer_at as next_at
    from due d join directory.payout_accounts a using (organisation_id)
      left join short s on s.organisation_id = d.organisation_id and s.currency = d.currency
    order by s.since nulls last, d.amount desc, d.organisation_id`.execute(directory)
  return rows
}
