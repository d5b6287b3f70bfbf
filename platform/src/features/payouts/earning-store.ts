import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ReversalCause } from './sale-store.ts'

type Tx = Transaction<Database>

/** What came to what, of a service, a month and a currency. Amounts as text. */
export interface FigureRow {
  month: string
  service_id: string
  service_name: string
  currency: string
  lines: number
  gross: string
  credit: string
  conversion: string
  platform: string
  processing: string
  share: string
  refunded: string
}

const figures = sql`month, service_id, max(service_name) as service_name, currency, count(*)::int as lines, sum(line)::text as gross,
  sum(promotional)::text as credit, sum(conversion)::text as conversion, sum(platform)::text as platform, sum(processing)::text as processing, sum(share)::text as share,
  sum(reversed)::text as refunded`

/** By the month that it is for. */
export async function listByMonth(tx: Tx, months: readonly string[]): Promise<FigureRow[]> {
  const { rows } = await sql<FigureRow>`select ${figures} from bizq.earnings where month = any(${[...months]})
    group by month, service_id, currency order by month desc, max(service_name), service_id, currency`.execute(
    tx,
  )
  return rows
}

/** By when it was paid, for whichever month it is. What refunds took since is not in it. */
export async function listPaidIn(tx: Tx, from: Date, to: Date): Promise<FigureRow[]> {
  const { rows } = await sql<FigureRow>`select ${figures} from bizq.earnings
    where earned_at >= ${from} and earned_at < ${to}
    group by month, service_id, currency order by month desc, max(service_name), service_id, currency`.execute(
    tx,
  )
  return rows
}

export async function listMonths(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('earnings').select('month').distinct().orderBy('month', 'desc').execute()
  return rows.map(({ month }) => month)
}

/** What refunds took in a time, of a service and month. */
export async function listTakenIn(
  tx: Tx,
  from: Date,
  to: Date,
): Promise<
  {
    month: string
    service_id: string
    service_name: string
    cause: ReversalCause
    currency: string
    amount: string
  }[]
> {
  const { rows } = await sql<{
    month: string
    service_id: string
    service_name: string
    cause: ReversalCause
    currency: string
    amount: string
  }>`
    select r.month, e.service_id, max(e.service_name) as service_name, r.cause, r.currency, sum(r.amount)::text as amount
    from bizq.earning_reversals r join bizq.earnings e on e.organisation_id = r.organisation_id and e.id = r.earning_id
    where r.at >= ${from} and r.at < ${to} group by r.month, e.service_id, r.cause, r.currency
    order by r.month desc, max(e.service_name), e.service_id, r.cause, r.currency`.execute(tx)
  return rows
}

export function listTransfersIn(tx: Tx, from: Date, to: Date) {
  return tx
    .selectFrom('transfers')
    .select(['id', 'currency', 'amount', 'made_at', 'destination'])
    .where('state', '=', 'made')
    .where('made_at', '>=', from)
    .where('made_at', '<', to)
    .orderBy('made_at')
    .execute()
}

/** What was taken back from transfers in a time, at Stripe. */
export function listReturnedIn(tx: Tx, from: Date, to: Date) {
  return tx
    .selectFrom('transfer_reversals as r')
    .innerJoin('transfers as t', (join) =>
      join.onRef('t.organisation_id', '=', 'r.organisation_id').onRef('t.id', '=', 'r.transfer_id'),
    )
    .select(['r.id', 'r.transfer_id', 't.currency', 'r.amount', 'r.made_at'])
    .where('r.state', '=', 'made')
    .where('r.made_at', '>=', from)
    .where('r.made_at', '<', to)
    .orderBy('r.made_at')
    .orderBy('r.id')
    .execute()
}

/** Of each currency: what had come and gone before an instant, and from it until another. Amounts as text. */
export async function listMovements(
  tx: Tx,
  from: Date,
  to: Date,
): Promise<
  {
    currency: string
    opening: string
    earned: string
    taken: string
    transferred: string
    returned: string
  }[]
> {
  const { rows } = await sql<{
    currency: string
    opening: string
    earned: string
    taken: string
    transferred: string
    returned: string
  }>`
    select currency, coalesce(sum(amount) filter (where at < ${from}), 0)::text as opening,
      coalesce(sum(amount) filter (where at >= ${from} and what = 'earned'), 0)::text as earned,
      coalesce(-sum(amount) filter (where at >= ${from} and what = 'taken'), 0)::text as taken,
      coalesce(-sum(amount) filter (where at >= ${from} and what = 'transferred'), 0)::text as transferred,
      coalesce(sum(amount) filter (where at >= ${from} and what = 'returned'), 0)::text as returned
    from (
      select 'earned' as what, currency, earned_at as at, share as amount from bizq.earnings
      union all select 'taken', currency, at, -amount from bizq.earning_reversals
      union all select 'transferred', currency, made_at, -amount from bizq.transfers where state = 'made'
      union all select 'returned', t.currency, r.made_at, r.amount from bizq.transfer_reversals r
        join bizq.transfers t on t.organisation_id = r.organisation_id and t.id = r.transfer_id where r.state = 'made') moved
    where at < ${to} group by currency order by currency`.execute(tx)
  return rows
}

/** Of what is not transferred, what Stripe lets go after an instant: the first twelve times. */
export async function listWaiting(
  tx: Tx,
  now: Date,
): Promise<{ currency: string; amount: string; available_at: Date }[]> {
  const { rows } = await sql<{ currency: string; amount: string; available_at: Date }>`
    select currency, available_at, sum(share - reversed)::text as amount from bizq.earnings
    where transfer_id is null and available_at > ${now} and share > reversed
    group by available_at, currency order by available_at, currency limit 12`.execute(tx)
  return rows
}

/** Earned and not transferred, in each currency. */
export async function listPayable(tx: Tx): Promise<{ currency: string; amount: string }[]> {
  const { rows } = await sql<{ currency: string; amount: string }>`
    select currency, sum(amount)::text as amount from (
      select currency, share as amount from bizq.earnings
      union all select currency, -amount from bizq.earning_reversals
      union all select currency, -amount from bizq.transfers where state = 'made'
      union all select t.currency, r.amount from bizq.transfer_reversals r
        join bizq.transfers t on t.organisation_id = r.organisation_id and t.id = r.transfer_id where r.state = 'made') moved
    group by currency order by currency`.execute(tx)
  return rows
}
