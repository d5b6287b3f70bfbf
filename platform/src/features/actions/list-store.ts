import { sql, type Transaction } from 'kysely'
import type { ActionType, StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import type { ActionRow } from './store.ts'

type Tx = Transaction<Database>

export interface ActionFilter {
  states?: StateOf<'action'>[] | undefined
  business?: string | undefined
  service?: string | undefined
  subscription?: string | undefined
  type?: ActionType | undefined
  execution?: string | undefined
  sort: 'money' | 'risk' | 'newest'
  after?: (string | number)[] | undefined
  limit: number
}

const riskRank = sql<number>`case risk when 'high' then 3 when 'medium' then 2 else 1 end`
/** What the records do not tell counts as above every limit. */
const stakeRank = sql<number>`coalesce(stake_units, 1e15)`

function ranksOf(sort: ActionFilter['sort']) {
  if (sort === 'newest') return [sql<number>`extract(epoch from proposed_at)`]
  return sort === 'money' ? [stakeRank, riskRank] : [riskRank, stakeRank]
}

/** By money, by risk or by age, each downwards; the last two columns of a row are its place in that order. */
export async function listActions(
  tx: Tx,
  filter: ActionFilter,
): Promise<{ row: ActionRow; place: (string | number)[] }[]> {
  const ranks = ranksOf(filter.sort)
  const [first, second = sql<number>`0`] = ranks
  let query = tx
    .selectFrom('actions')
    .selectAll()
    .select([sql<number>`(${first})::float8`.as('rank_one'), sql<number>`(${second})::float8`.as('rank_two')])
  if (filter.states) query = query.where('state', 'in', filter.states)
  if (filter.business) query = query.where('business_id', '=', filter.business)
  if (filter.service) query = query.where('service_id', '=', filter.service)
  if (filter.subscription) query = query.where('subscription_id', '=', filter.subscription)
  if (filter.execution) query = query.where('execution_id', '=', filter.execution)
  if (filter.type) query = query.where('type', '=', filter.type)
  if (filter.after) {
    const [one = 0, two = 0, id = ''] = filter.after
    query = query.where(
      sql<boolean>`((${first})::float8, (${second})::float8, id) < (${one}::float8, ${two}::float8, ${id}::uuid)`,
    )
  }
  const rows = await query
    .orderBy('rank_one', 'desc')
    .orderBy('rank_two', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
  return rows.map(({ rank_one, rank_two, ...row }) => ({
    row: row as ActionRow,
    place: [rank_one, rank_two, row.id],
  }))
}

/** What policies decided and want told, since then, the newest first; what was taken back or went to the queue is not among it. */
export async function listTold(tx: Tx, since: Date, limit: number): Promise<ActionRow[]> {
  return (await tx
    .selectFrom('actions')
    .selectAll()
    .where('decided_by', '=', 'policy')
    .where('decided_at', '>=', since)
    .where('outcome', '=', 'apply-and-tell')
    .where('state', 'in', ['approved', 'applied'])
    .orderBy('decided_at', 'desc')
    .limit(limit)
    .execute()) as ActionRow[]
}
