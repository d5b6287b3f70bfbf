import { sql, type Generated, type Selectable, type Transaction } from 'kysely'
import { statesBefore, type StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

interface EndpointTable {
  organisation_id: string
  id: Generated<string>
  url: string
  events: string[]
  secret_sealed: Buffer
  is_on: Generated<boolean>
  off_reason: string | null
  /** It did not answer: until then nothing more is sent to it. */
  rests_until: Date | null
  created_at: Generated<Date>
}
interface DeliveryTable {
  organisation_id: string
  id: Generated<string>
  endpoint_id: string
  event: string
  body: string
  state: StateOf<'delivery'>
  attempts: Generated<number>
  status: number | null
  detail: string | null
  /** The first of what the endpoint answered last. */
  response: string | null
  attempted_at: Date | null
  next_attempt_at: Date | null
  created_at: Generated<Date>
  ended_at: Date | null
}
declare module '../../db/database.ts' {
  interface Database {
    webhook_endpoints: EndpointTable
    webhook_deliveries: DeliveryTable
  }
}

type Tx = Transaction<Database>
export type EndpointRow = Selectable<EndpointTable>
export type DeliveryRow = Selectable<DeliveryTable>

export function insertEndpoint(
  tx: Tx,
  organisation: string,
  id: string,
  values: { url: string; events: string[]; sealed: Buffer },
): Promise<EndpointRow> {
  return tx
    .insertInto('webhook_endpoints')
    .values({
      organisation_id: organisation,
      id,
      url: values.url,
      events: values.events,
      secret_sealed: values.sealed,
      off_reason: null,
      rests_until: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function listEndpoints(tx: Tx): Promise<EndpointRow[]> {
  return tx.selectFrom('webhook_endpoints').selectAll().orderBy('id').execute()
}

/** Endpoints that are on, with the types of events that they asked for. */
export function listListening(tx: Tx): Promise<{ id: string; events: string[] }[]> {
  return tx.selectFrom('webhook_endpoints').select(['id', 'events']).where('is_on', '=', true).execute()
}

export function findEndpoint(tx: Tx, id: string): Promise<EndpointRow | undefined> {
  return tx.selectFrom('webhook_endpoints').selectAll().where('id', '=', id).executeTakeFirst()
}

export function updateEndpoint(
  tx: Tx,
  id: string,
  change: Partial<Pick<EndpointRow, 'is_on' | 'off_reason' | 'rests_until'>>,
): Promise<EndpointRow | undefined> {
  return tx
    .updateTable('webhook_endpoints')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

export async function deleteEndpoint(tx: Tx, id: string): Promise<boolean> {
  const result = await tx.deleteFrom('webhook_endpoints').where('id', '=', id).executeTakeFirst()
  return result.numDeletedRows === 1n
}

/** Adds deliveries in one statement; answers their ids. */
export async function insertDeliveries(
  tx: Tx,
  organisation: string,
  deliveries: readonly { endpoint: string; event: string; body: string }[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into bizq.webhook_deliveries (organisation_id, endpoint_id, event, body, state)
    select ${organisation}::uuid, d.endpoint, d.event, d.body, 'pending'
    from json_to_recordset(${JSON.stringify(deliveries)}::json) as d (endpoint uuid, event text, body text)
    returning id`.execute(tx)
  return rows.map((row) => row.id)
}

export function findDelivery(tx: Tx, id: string) {
  return tx
    .selectFrom('webhook_deliveries as d')
    .innerJoin('webhook_endpoints as e', 'e.id', 'd.endpoint_id')
    .selectAll('d')
    .select('e.url')
    .where('d.id', '=', id)
    .executeTakeFirst()
}

export function lockDelivery(tx: Tx, id: string): Promise<DeliveryRow | undefined> {
  return tx.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Changes a delivery. Throws when its state does not allow the move (contract, `states`). */
export async function updateDelivery(
  tx: Tx,
  id: string,
  change: Partial<Omit<DeliveryRow, 'id'>>,
): Promise<DeliveryRow> {
  let query = tx.updateTable('webhook_deliveries').set(change).where('id', '=', id)
  if (change.state) query = query.where('state', 'in', statesBefore('delivery', change.state))
  return query.returningAll().executeTakeFirstOrThrow()
}

export function listDeliveries(
  tx: Tx,
  endpoint: string,
  before: string | undefined,
  limit: number,
): Promise<DeliveryRow[]> {
  let query = tx.selectFrom('webhook_deliveries').selectAll().where('endpoint_id', '=', endpoint)
  if (before) query = query.where('id', '<', before)
  return query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** Forgets deliveries that came to their end thirty days ago. */
export async function deleteOldDeliveries(tx: Tx): Promise<void> {
  await tx
    .deleteFrom('webhook_deliveries')
    .where(sql<boolean>`ended_at < now() - interval '30 days'`)
    .execute()
}
