import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

type Tx = Transaction<Database>

/** What was sold and paid since an instant, by month and currency: services, plans, and what the platform keeps of each. */
export async function sumSales(tx: Tx, since: Date) {
  const { rows } = await sql<{
    month: string
    currency: string
    services: string
    plans: string
    kept: string
    shares: string
    conversion: string
  }>`select to_char(at at time zone 'UTC', 'YYYY-MM') as month, currency,
      coalesce(sum(line) filter (where provider_id is not null), 0) as services,
      coalesce(sum(line) filter (where provider_id is null), 0) as plans,
      coalesce(sum(platform + conversion) filter (where provider_id is not null), 0) as kept,
      coalesce(sum(share), 0) as shares, coalesce(sum(conversion), 0) as conversion
    from bizq.settled_lines where at >= ${since} group by 1, 2 order by 1, 2`.execute(tx)
  return rows
}

/** What went back to operators, by card, as account credit or by a bank, before tax: what the platform had paid of it is not in it. */
export async function sumGivenBack(tx: Tx, since: Date) {
  const { rows } = await sql<{ currency: string; amount: string }>`
    select p.currency, -sum(p.amount) as amount
    from bizq.ledger_postings p join bizq.ledger_entries e on e.organisation_id = p.organisation_id and e.id = p.entry_id
    where e.cause_type = 'refund' and e.at >= ${since} and p.account in ('stripe_balance', 'disputes', 'operator_credit', 'tax')
    group by 1 order by 1`.execute(tx)
  return rows
}

/** What was booked in each account: of all time, or since an instant. */
export async function sumAccounts(tx: Tx, since?: Date) {
  const { rows } = await sql<{ account: string; currency: string; amount: string }>`
    select p.account, p.currency, sum(p.amount) as amount
    from bizq.ledger_postings p join bizq.ledger_entries e on e.organisation_id = p.organisation_id and e.id = p.entry_id
    where ${since === undefined ? sql`true` : sql`e.at >= ${since}`} group by 1, 2 order by 1, 2`.execute(tx)
  return rows
}
