import { idAt, type Call, type Route } from './call.ts'
import { readPage, readRange } from './lists.ts'
import { missing } from './refusal.ts'
import type { Store } from './store.ts'
import type { List } from './wire.ts'

const keptSeconds = 30 * 86_400

export interface StripeEvent {
  id: string
  object: 'event'
  account?: string
  created: number
  pending_webhooks: number
  type: string
  data: { object: object; previous_attributes?: object }
}

const pendingOf = (store: Store, id: string): number =>
  Number(
    store.database
      .prepare('select count(*) as n from deliveries where event = ? and next_at is not null')
      .get(id)?.['n'] ?? 0,
  )

/** The event as it is told now: with how many endpoints still wait for it. */
export function findEvent(store: Store, id: string): StripeEvent | undefined {
  const row = store.database.prepare('select json from events where id = ?').get(id)
  if (!row) return undefined
  return { ...(JSON.parse(String(row['json'])) as StripeEvent), pending_webhooks: pendingOf(store, id) }
}

function retrieve(call: Call): StripeEvent {
  const { store, scope } = call.world
  const event = findEvent(store, idAt(call))
  if (!event || (event.account ?? '') !== scope) throw missing('event', idAt(call))
  return event
}

/** Newest first, as they were told: their order is that of what happened, their times may be a test clock's. */
function list({ world, params }: Call): List<StripeEvent> {
  const { database } = world.store
  const page = readPage(params)
  const isWithin = readRange(params, 'created')
  const type = params.text('type')
  const types = params.texts('types') ?? (type ? [type] : [])
  const success = params.flag('delivery_success')
  const seqOf = (id: string, name: string) => {
    const row = database.prepare('select seq from events where id = ? and scope = ?').get(id, world.scope)
    if (!row) throw missing('event', id, name)
    return Number(row['seq'])
  }
  const below = page.after ? seqOf(page.after, 'starting_after') : Number.MAX_SAFE_INTEGER
  const above = page.before ? seqOf(page.before, 'ending_before') : 0
  const like = types.map((each) => (each.endsWith('.*') || each === '*' ? each.replace('*', '%') : each))
  const rows = database
    .prepare(
      `select id, json from events where scope = ? and seq < ? and seq > ? and created >= ?
       ${like.length > 0 ? `and (${like.map(() => 'type like ?').join(' or ')})` : ''}
       order by seq ${page.before ? 'asc' : 'desc'}`,
    )
    .iterate(world.scope, below, above, world.now() - keptSeconds, ...like)
  const found: StripeEvent[] = []
  for (const row of rows) {
    const event = JSON.parse(String(row['json'])) as StripeEvent
    const pending = pendingOf(world.store, event.id)
    if (!isWithin(event.created) || (success !== undefined && (pending === 0) !== success)) continue
    found.push({ ...event, pending_webhooks: pending })
    if (found.length > page.limit) break
  }
  const data = found.slice(0, page.limit)
  return {
    object: 'list',
    data: page.before ? data.toReversed() : data,
    has_more: found.length > page.limit,
    url: '/v1/events',
  }
}

export const eventRoutes: Route[] = [
  ['GET', '/v1/events', list],
  ['GET', '/v1/events/:', retrieve],
]
