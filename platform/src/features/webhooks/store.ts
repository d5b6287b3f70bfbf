import { sql, type Generated, type Selectable, type Transaction } from 'kysely'
import type { StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

interface EndpointTable {
  organisation_id: string
  id: Generated<string>
  url: string
  events: string[]
  secret_sealed: Buffer
  is_on: Generated<boolean>
  off_reason: string | null
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
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function listEndpoints(tx: Tx): Promise<EndpointRow[]> {
  return tx.selectFrom('webhook_endpoints').selectAll().orderBy('id').execute()
}

/** Endpoints that are on and asked for this type of event; `*` is every type. */
export function listListening(tx: Tx, event: string): Promise<{ id: string }[]> {
  return tx
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('is_on', '=', true)
    .where(sql<boolean>`events && array[${event}, '*']::text[]`)
    .execute()
}

export function findEndpoint(tx: Tx, id: string): Promise<EndpointRow | undefined> {
  return tx.selectFrom('webhook_endpoints').selectAll().where('id', '=', id).executeTakeFirst()
}

export function updateEndpoint(
  tx: Tx,
  id: string,
  change: { is_on: boolean; off_reason: string | null },
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

export async function insertDelivery(
  tx: Tx,
  organisation: string,
  values: { endpoint: string; event: string; body: string },
): Promise<string> {
  const row = await tx
    .insertInto('webhook_deliveries')
    .values({
      organisation_id: organisation,
      endpoint_id: values.endpoint,
      event: values.event,
      body: values.body,
      state: 'pending',
      status: null,
      detail: null,
      next_attempt_at: null,
      ended_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export function lockDelivery(tx: Tx, id: string): Promise<DeliveryRow | undefined> {
  return tx.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function updateDelivery(
  tx: Tx,
  id: string,
  change: Partial<Omit<DeliveryRow, 'id'>>,
): Promise<DeliveryRow> {
  return tx
    .updateTable('webhook_deliveries')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
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
