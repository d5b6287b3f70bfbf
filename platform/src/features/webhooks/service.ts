import { randomUUIDv7 } from 'node:crypto'
import { canMove, decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { requireRoom } from '../../http/room.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { enqueue, enqueueAll } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { deliverJob } from './deliver.ts'
import type { Delivery, Endpoint, MadeEndpoint, NewEndpoint, WholeDelivery } from './schemas.ts'
import { newSecret } from './standardwebhooks.ts'
import * as store from './store.ts'

function toEndpoint(row: store.EndpointRow): z.infer<typeof Endpoint> {
  return {
    id: encodeId(idPrefixes.endpoint, row.id),
    url: row.url,
    events: row.events,
    isOn: row.is_on,
    offReason: row.off_reason,
    createdAt: row.created_at.toISOString(),
  }
}

function toDelivery(row: store.DeliveryRow): z.infer<typeof Delivery> {
  return {
    id: encodeId(idPrefixes.delivery, row.id),
    endpoint: encodeId(idPrefixes.endpoint, row.endpoint_id),
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    status: row.status,
    detail: row.detail,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

/** Registers an endpoint. Its secret stands in this answer only. */
export async function createEndpoint(
  deps: Pick<Deps, 'keyring' | 'outgoing'>,
  unit: UnitOfWork,
  body: z.infer<typeof NewEndpoint>,
): Promise<z.infer<typeof MadeEndpoint>> {
  requireRole(unit.actor, 'owner')
  const objection = deps.outgoing.objectionTo(body.url)
  if (objection)
    throw new ProblemError('invalid-request', {
      detail: 'The address cannot be called.',
      errors: [{ pointer: '/url', detail: objection }],
    })
  await requireRoom(unit, 'endpoints', async () => (await store.listEndpoints(unit.tx)).length)
  const secret = newSecret()
  const sealed = deps.keyring.seal('webhook-secret', Buffer.from(secret))
  const row = await store.insertEndpoint(unit.tx, unit.actor.organisation, randomUUIDv7(), {
    ...body,
    sealed,
  })
  await audit(unit, 'webhook-endpoint.create', {
    endpoint: encodeId(idPrefixes.endpoint, row.id),
    events: body.events,
  })
  return { ...toEndpoint(row), secret }
}

export async function listEndpoints(unit: UnitOfWork) {
  return { items: (await store.listEndpoints(unit.tx)).map(toEndpoint), next: null }
}

export async function switchEndpoint(
  unit: UnitOfWork,
  id: string,
  isOn: boolean,
): Promise<z.infer<typeof Endpoint>> {
  requireRole(unit.actor, 'owner')
  const row = await store.updateEndpoint(unit.tx, decodeId(idPrefixes.endpoint, id), {
    is_on: isOn,
    off_reason: isOn ? null : 'Switched off by hand.',
    rests_until: null,
  })
  if (!row) throw new ProblemError('not-found')
  await audit(unit, isOn ? 'webhook-endpoint.switch-on' : 'webhook-endpoint.switch-off', { endpoint: id })
  return toEndpoint(row)
}

export async function deleteEndpoint(unit: UnitOfWork, id: string): Promise<void> {
  requireRole(unit.actor, 'owner')
  if (!(await store.deleteEndpoint(unit.tx, decodeId(idPrefixes.endpoint, id))))
    throw new ProblemError('not-found')
  await audit(unit, 'webhook-endpoint.delete', { endpoint: id })
}

/** Deliveries of an endpoint, newest first. */
export async function listDeliveries(unit: UnitOfWork, endpoint: string, query: PageQuery) {
  const before = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
  const uuid = decodeId(idPrefixes.endpoint, endpoint)
  if (!(await store.findEndpoint(unit.tx, uuid))) throw new ProblemError('not-found')
  const page = pageOf(await store.listDeliveries(unit.tx, uuid, before, query.limit), query.limit, (row) => [
    row.id,
  ])
  return { items: page.items.map(toDelivery), next: page.next }
}

/** One delivery: what was sent, and what the endpoint answered last. */
export async function getDelivery(unit: UnitOfWork, id: string): Promise<z.infer<typeof WholeDelivery>> {
  const row = await store.findDelivery(unit.tx, decodeId(idPrefixes.delivery, id))
  if (!row) throw new ProblemError('not-found')
  const { url, body, status, response } = row
  const headers = { 'content-type': 'application/json', 'webhook-id': id }
  const at = row.attempted_at?.toISOString() ?? null
  return {
    ...toDelivery(row),
    request: { url, headers, body },
    response: status === null ? null : { at, status, body: response ?? '' },
  }
}

const isOff = () => new ProblemError('conflict', { detail: 'The endpoint is off: switch it on first.' })

/** Sends an endpoint a message that means nothing, to see that it arrives. */
export async function tryEndpoint(unit: UnitOfWork, id: string): Promise<z.infer<typeof Delivery>> {
  requireRole(unit.actor, 'manager')
  const endpoint = await store.findEndpoint(unit.tx, decodeId(idPrefixes.endpoint, id))
  if (!endpoint) throw new ProblemError('not-found')
  if (!endpoint.is_on) throw isOff()
  const event = 'endpoint.tried'
  const body = JSON.stringify({ type: event, timestamp: new Date().toISOString(), data: { endpoint: id } })
  const { organisation } = unit.actor
  const [delivery = ''] = await store.insertDeliveries(unit.tx, organisation, [
    { endpoint: endpoint.id, event, body },
  ])
  await enqueue(unit, deliverJob, { organisation, delivery })
  await audit(unit, 'webhook-endpoint.try', { endpoint: id })
  return toDelivery((await store.lockDelivery(unit.tx, delivery)) as store.DeliveryRow)
}

/** Sends what came to its end once more, arrived or not, under the same `webhook-id`. */
export async function redeliver(unit: UnitOfWork, id: string): Promise<z.infer<typeof Delivery>> {
  requireRole(unit.actor, 'manager')
  const delivery = await store.lockDelivery(unit.tx, decodeId(idPrefixes.delivery, id))
  if (!delivery) throw new ProblemError('not-found')
  if (!canMove('delivery', delivery.state, 'pending'))
    throw new ProblemError('conflict', { detail: `It is ${delivery.state}: it is sent without that.` })
  const endpoint = await store.findEndpoint(unit.tx, delivery.endpoint_id)
  if (!endpoint?.is_on) throw isOff()
  const again = await store.updateDelivery(unit.tx, delivery.id, {
    state: 'pending',
    attempts: 0,
    ended_at: null,
    detail: null,
  })
  await enqueue(unit, deliverJob, { organisation: unit.actor.organisation, delivery: delivery.id })
  await audit(unit, 'webhook-delivery.redeliver', { delivery: id })
  return toDelivery(again)
}

/** Only what is for the operator's systems goes out; progress of imports is for the screen. */
const silent = new Set(['import.progressed', 'record.changed'])

/** Puts a delivery for each endpoint that listens into the transaction that emits. */
export const sendToEndpoints = {
  all: async (unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> => {
    const told = events.filter(({ type }) => !silent.has(type))
    if (told.length === 0) return
    const endpoints = await store.listListening(unit.tx)
    const timestamp = new Date().toISOString()
    const deliveries = told.flatMap(({ type, payload }) => {
      const body = JSON.stringify({ type, timestamp, data: payload })
      return endpoints
        .filter((endpoint) => endpoint.events.includes(type) || endpoint.events.includes('*'))
        .map(({ id }) => ({ endpoint: id, event: type, body }))
    })
    if (deliveries.length === 0) return
    const { organisation } = unit.actor
    const ids = await store.insertDeliveries(unit.tx, organisation, deliveries)
    await enqueueAll(
      unit,
      deliverJob,
      ids.map((delivery) => ({ organisation, delivery })),
    )
  },
}

/** What came to its end long ago is not shown or sent again any more. */
export const forgetDeliveries = (unit: UnitOfWork): Promise<void> => store.deleteOldDeliveries(unit.tx)
