import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

/** Why nothing of these subscriptions runs at present, by code; what may run is left out. */
export async function listHeldBack(
  tx: Transaction<Database>,
  organisation: string,
  subscriptions: readonly { id: string; business_id: string }[],
): Promise<Map<string, string>> {
  if (subscriptions.length === 0) return new Map()
  const rows = await sql<{ id: string; why: string }>`
    select s.id, s.why from (select t.id, bizq.held_back(${organisation}, t.business_id, t.id) as why
      from json_to_recordset(${JSON.stringify(subscriptions.map(({ id, business_id }) => ({ id, business_id })))}::json)
        as t (id uuid, business_id uuid)) s where s.why is not null`.execute(tx)
  return new Map(rows.rows.map((row) => [row.id, row.why]))
}
