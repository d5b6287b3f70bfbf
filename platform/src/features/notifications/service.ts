import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Actor, DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { frameOf, isAfter, placeId, readPlace, type Subscriber } from './hub.ts'
import {
  deleteOldEvents,
  findHorizon,
  insertEvents,
  isForgotten,
  listEventsAfter,
  type Place,
} from './store.ts'

/** Keeps every emitted event in the transaction that emits it: what is told live is what was committed. */
export const keepEvents = {
  all: (unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> =>
    insertEvents(unit.tx, unit.actor.organisation, events),
}

/** Whoever comes back after that long is told to load anew. */
export const forgetEvents = (unit: UnitOfWork): Promise<void> => deleteOldEvents(unit.tx)

const backlogPage = 1_000
const maxBacklog = 10_000

/**
 * Opens a live stream: first what came after the id that the client saw last, then everything new.
 * When too much was missed it says `reset`: load anew.
 */
export async function openStream(
  deps: Deps,
  actor: Actor,
  lastEventId: string | undefined,
  response: ServerResponse,
): Promise<void> {
  const since = lastEventId ? readPlace(lastEventId) : undefined
  const start = since ?? (await findHorizon(deps.directory))
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  const subscriber: Subscriber = { response, actor, waiting: [], reached: start }
  deps.hub.subscribe(subscriber)
  response.write(`retry: 1000\nid: ${placeId(start)}\nevent: ready\ndata: {}\n\n`)
  try {
    subscriber.reached = await sendBacklog(deps, actor.organisation, start, response)
    for (const event of subscriber.waiting ?? [])
      if (isAfter(event, subscriber.reached)) response.write(frameOf(event))
    subscriber.waiting = null
  } catch (error) {
    deps.log.warn({ err: error }, 'an event stream could not be opened')
    response.destroy()
  }
}

async function sendBacklog(
  deps: Deps,
  organisation: string,
  start: Place,
  response: ServerResponse,
): Promise<Place> {
  let place = start
  const isMuch = await isForgotten(deps.directory, organisation, start)
  for (let sent = isMuch ? maxBacklog : 0; sent < maxBacklog && !response.destroyed;) {
    const { events } = await listEventsAfter(deps.directory, place, backlogPage, organisation)
    for (const event of events) {
      response.write(frameOf(event))
      place = event
    }
    if (events.length < backlogPage) return place
    sent += events.length
    await untilRead(response)
  }
  const horizon = await findHorizon(deps.directory)
  response.write(`id: ${placeId(horizon)}\nevent: reset\ndata: {}\n\n`)
  return horizon
}

/** Waits until the client has taken what was written, or has gone. */
async function untilRead(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain || response.destroyed) return
  const done = new AbortController()
  try {
    await Promise.race([
      once(response, 'drain', { signal: done.signal }),
      once(response, 'close', { signal: done.signal }),
    ])
  } finally {
    done.abort()
  }
}
