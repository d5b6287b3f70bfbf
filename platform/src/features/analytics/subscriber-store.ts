import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

type Tx = Transaction<Database>

/** How many active subscribers each release has. */
export async function countActive(tx: Tx, service: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ release: string; count: number }>`
    select release_id as release, count(*)::int as count from bizq.subscribers
    where service_id = ${service} and state = 'active' group by release_id`.execute(tx)
  return new Map(rows.map(({ release, count }) => [release, count]))
}

/** How many active subscribers of each release pay each price. */
export async function countPrices(tx: Tx, service: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ price: string; count: number }>`
    select release_id || ' ' || price::text as price, count(*)::int as count from bizq.subscribers
    where service_id = ${service} and state = 'active' group by 1`.execute(tx)
  return new Map(rows.map(({ price, count }) => [price, count]))
}

export interface SubscriberRow {
  id: string
  release: string
  /** The release and the price as `countPrices` names them. */
  deal: string
  price: unknown
  state: 'active' | 'paused' | 'cancelled'
  since: string
  until: string | null
  ranLately: boolean
  everRan: boolean
}

type SubscriberPlace = [since: string, id: string]

/** Subscribers by the day on which they came, the newest first. */
export async function listSubscribers(
  tx: Tx,
  service: string,
  { after, limit }: { after?: SubscriberPlace | undefined; limit: number },
): Promise<SubscriberRow[]> {
  const ran = (since: string) => sql`exists (select from bizq.provider_executions e
    where e.service_id = ${service} and e.subscriber_id = s.id ${sql.raw(since)})`
  const from = after ? sql`and (since::date, md5(id::text)) < (${after[0]}::date, md5(${after[1]}))` : sql``
  const { rows } = await sql<SubscriberRow>`
    select id, release_id as release, release_id || ' ' || price::text as deal, price, state,
      since::date as since, until::date as until,
      ${ran('and e.day >= current_date - 7')} as "ranLately", ${ran('')} as "everRan"
    from bizq.subscribers s where service_id = ${service} ${from}
    order by since::date desc, md5(id::text) desc limit ${limit + 1}`.execute(tx)
  return rows
}

/** How many came and how many left from a day on to another. */
export async function countMoves(
  tx: Tx,
  service: string,
  from: string,
  to: string,
): Promise<{ came: number; left: number }> {
  const { rows } = await sql<{ came: number; left: number }>`
    select count(*) filter (where since::date between ${from}::date and ${to}::date)::int as came,
      count(*) filter (where until::date between ${from}::date and ${to}::date)::int as left
    from bizq.subscribers where service_id = ${service}`.execute(tx)
  return rows[0] ?? { came: 0, left: 0 }
}
