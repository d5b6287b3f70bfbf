import type { ServerResponse } from 'node:http'
import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { frameOf, isAfter, placeId, readPlace, type Subscriber } from './hub.ts'
import { findHorizon, insertEvents, listEventsAfter, type Place } from './store.ts'

/** Keeps every emitted event in the transaction that emits it: what is told live is what was committed. */
export const keepEvents = {
  all: (unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> =>
    insertEvents(unit.tx, unit.actor.organisation, events),
}

const backlogPage = 1_000
const maxBacklog = 10_000

/**
 * Opens a live stream: first what came after the id that the client saw last, then everything new.
 * When too much was missed it says `reset`: load anew.
 */
export async function openStream(
  deps: Deps,
  organisation: string,
  lastEventId: string | undefined,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  const since = lastEventId ? readPlace(lastEventId) : undefined
  const start = since ?? (await findHorizon(deps.directory))
  const subscriber: Subscriber = { response, organisation, waiting: [], reached: start }
  deps.hub.subscribe(subscriber)
  response.write(`retry: 1000\nid: ${placeId(start)}\nevent: ready\ndata: {}\n\n`)
  subscriber.reached = await sendBacklog(deps, organisation, start, response)
  for (const event of subscriber.waiting ?? [])
    if (isAfter(event, subscriber.reached)) response.write(frameOf(event))
  subscriber.waiting = null
}

async function sendBacklog(
  deps: Deps,
  organisation: string,
  start: Place,
  response: ServerResponse,
): Promise<Place> {
  let place = start
  for (let sent = 0; sent < maxBacklog;) {
    const { events } = await listEventsAfter(deps.directory, place, backlogPage, organisation)
    for (const event of events) {
      response.write(frameOf(event))
      place = event
    }
    if (events.length < backlogPage) return place
    sent += events.length
  }
  const horizon = await findHorizon(deps.directory)
  response.write(`id: ${placeId(horizon)}\nevent: reset\ndata: {}\n\n`)
  return horizon
}
