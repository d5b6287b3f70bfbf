import { datasetOf, type DatasetName } from '@bizq/sdk/contract'
import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import { columnOf, tableOf } from '../data/index.ts'

interface Window {
  business: string
  dataset: DatasetName
  from: string | null
  limit: number
}

/** The newest records of a window, newest first, by time and creation: which they are and where they stand. */
export async function listNewest(tx: Transaction<Database>, { business, dataset, from, limit }: Window) {
  const { time, openWhile } = datasetOf(dataset)
  const table = sql.table(`data.${tableOf(dataset)}`)
  const at = time === null ? null : sql.ref(`t.${columnOf(dataset, time).column}`)
  const inside = at && from !== null ? sql`${at} >= ${from}` : sql`true`
  const isOpen = openWhile
    ? sql`${sql.ref(`t.${columnOf(dataset, openWhile.field).column}`)} = any(${[...openWhile.values]}::text[])`
    : sql`false`
  const { rows } = await sql<{ id: string; at: string | null; seq: number }>`
    select t.id, ${at ? sql`${at}::text` : sql`null`} as at, t.seq from ${table} t
    where t.business_id = ${business}::uuid and not t.is_stub and (${inside} or ${isOpen})
    order by ${at ? sql`${at} desc, ` : sql``}t.seq desc limit ${limit}`.execute(tx)
  return rows
}
