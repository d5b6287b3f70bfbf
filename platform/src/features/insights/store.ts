import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Insight } from './figures.ts'

declare module '../../db/database.ts' {
  interface Database {
    insights: { organisation_id: string; business_id: string; computed_at: Date; day: string; body: unknown }
  }
}

type Tx = Transaction<Database>

export interface MonthRow {
  month: string
  kind: 'income' | 'cost'
  category: string
  amount: number
}

/**
 * Income and cost by month and category since a day, in the business's currency. Sales and invoices
 * count when made, bills when issued; where a business keeps neither, the bank rows count.
 */
export async function listMonths(
  tx: Tx,
  business: string,
  currency: string,
  since: string,
  basis: 'accrual' | 'cash',
): Promise<MonthRow[]> {
  const rows = basis === 'accrual' ? accrual(business, currency, since) : cash(business, currency, since)
  return (await rows.execute(tx)).rows
}

function accrual(business: string, currency: string, since: string) {
  return sql<MonthRow>`
    select to_char(day, 'YYYY-MM') as month, kind, category, sum(amount)::bigint as amount from (
      select placed_at::date as day, 'income' as kind, 'Sales' as category,
        total - coalesce(tax, 0) - coalesce(refunded, 0) as amount
      from data.orders where business_id = ${business} and not is_stub and cancelled_at is null and currency = ${currency} and placed_at >= ${since}::date
      union all
      select issued_at, 'income', coalesce(category, 'Invoices'), amount - coalesce(tax_amount, 0)
      from data.invoices where business_id = ${business} and not is_stub and status in ('open', 'paid') and currency = ${currency} and issued_at >= ${since}::date
      union all
      select issued_at, 'cost', coalesce(category, 'Bills'), amount - coalesce(tax_amount, 0)
      from data.bills where business_id = ${business} and not is_stub and status in ('open', 'paid') and currency = ${currency} and issued_at >= ${since}::date
      union all
      select day, 'cost', 'Advertising', spend
      from data.ad_spend where business_id = ${business} and not is_stub and currency = ${currency} and day >= ${since}::date
    ) rows group by 1, 2, 3 order by 1, 2, 4 desc`
}

function cash(business: string, currency: string, since: string) {
  return sql<MonthRow>`
    select to_char(booked_at, 'YYYY-MM') as month, case when amount >= 0 then 'income' else 'cost' end as kind,
      coalesce(category, merchant_category, case when amount >= 0 then 'Received' else 'Paid' end) as category,
      sum(abs(amount))::bigint as amount
    from data.transactions
    where business_id = ${business} and not is_stub and is_transfer is not true and currency = ${currency} and booked_at >= ${since}::date
    group by 1, 2, 3 order by 1, 2, 4 desc`
}

/** Whether it keeps sales, invoices or bills at all: then the accrual basis counts. */
export async function hasAccruals(tx: Tx, business: string): Promise<boolean> {
  const { rows } = await sql<{ yes: boolean }>`
    select exists (select 1 from data.orders where business_id = ${business} and not is_stub)
      or exists (select 1 from data.invoices where business_id = ${business} and not is_stub) as yes`.execute(
    tx,
  )
  return rows[0]?.yes ?? false
}

export interface WeekRow {
  week: string
  net: number
}

/** What moved on the accounts by week (Mondays), transfers left out. */
export async function listWeeklyCash(
  tx: Tx,
  business: string,
  currency: string,
  since: string,
): Promise<WeekRow[]> {
  const { rows } = await sql<WeekRow>`
    select to_char(date_trunc('week', booked_at), 'YYYY-MM-DD') as week, sum(amount)::bigint as net
    from data.transactions
    where business_id = ${business} and not is_stub and is_transfer is not true and currency = ${currency} and booked_at >= ${since}::date
    group by 1 order by 1`.execute(tx)
  return rows
}

/** The balances of the accounts in the business's currency, brought forward by what was booked after their day. */
export async function findCash(tx: Tx, business: string, currency: string): Promise<number | null> {
  const { rows } = await sql<{ cash: number | null }>`
    select sum(a.balance + coalesce((
      select sum(t.amount) from data.transactions t
      where t.business_id = a.business_id and t.account = a.id and a.balance_at is not null and t.booked_at > a.balance_at), 0))::bigint as cash
    from data.accounts a
    where a.business_id = ${business} and a.currency = ${currency} and a.balance is not null and a.kind in ('bank', 'cash', 'savings')`.execute(
    tx,
  )
  return rows[0]?.cash ?? null
}

export interface AgeingRow {
  side: 'receivable' | 'payable'
  bucket: 'current' | '1-30' | '31-60' | '61-90' | 'over-90'
  amount: number
  count: number
}

/** What is owed to the business and by it, by how late it is on that day. */
export async function listAgeing(
  tx: Tx,
  business: string,
  currency: string,
  today: string,
): Promise<AgeingRow[]> {
  const { rows } = await sql<AgeingRow>`
    select side, case when late <= 0 then 'current' when late <= 30 then '1-30' when late <= 60 then '31-60' when late <= 90 then '61-90' else 'over-90' end as bucket,
      sum(amount_due)::bigint as amount, count(*)::int as count
    from (
      select 'receivable' as side, ${today}::date - due_at as late, amount_due from data.invoices
      where business_id = ${business} and status = 'open' and currency = ${currency}
      union all
      select 'payable', ${today}::date - due_at, amount_due from data.bills
      where business_id = ${business} and status = 'open' and currency = ${currency}
    ) rows group by 1, 2`.execute(tx)
  return rows
}

export async function saveInsight(
  tx: Tx,
  organisation: string,
  business: string,
  day: string,
  body: Insight,
): Promise<void> {
  const row = { day, body: JSON.stringify(body), computed_at: new Date() }
  await tx
    .insertInto('insights')
    .values({ organisation_id: organisation, business_id: business, ...row })
    .onConflict((oc) => oc.columns(['organisation_id', 'business_id']).doUpdateSet(row))
    .execute()
}

export function listInsights(tx: Tx, businesses?: string[]) {
  let query = tx.selectFrom('insights').select(['business_id', 'day', 'body', 'computed_at'])
  if (businesses) query = query.where('business_id', 'in', businesses)
  return query.execute()
}
