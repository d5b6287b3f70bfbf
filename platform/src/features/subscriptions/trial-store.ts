import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

type Tx = Transaction<Database>
interface Trying {
  business_id: string
  service_id: string
}

/** When the business's trial of a service ends: it begins once, however often the business subscribes. Null without one. */
export async function beginTrial(
  tx: Tx,
  { business_id: business, service_id: service }: Trying,
  days: number,
  at: Date,
): Promise<Date | null> {
  const { rows } = await sql<{ ends: Date | null }>`
    select bizq.begin_trial(${business}::uuid, ${service}::uuid, ${days}::integer, ${at}::timestamptz) as ends`.execute(
    tx,
  )
  return rows[0]?.ends ?? null
}

/** Whether the business's one trial of a service has begun. */
export async function hadTrial(
  tx: Tx,
  { business_id: business, service_id: service }: Trying,
): Promise<boolean> {
  const { rows } = await sql`select from bizq.service_trials
    where business_id = ${business} and service_id = ${service}`.execute(tx)
  return rows.length > 0
}
