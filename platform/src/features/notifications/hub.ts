import type { ServerResponse } from 'node:http'
import type { Client } from 'pg'
import type { Actor, EventType } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { findDismissed } from '../identity/index.ts'
import { findStandingConsents } from '../oauth/index.ts'
import { findHorizon, listEventsAfter, type Place, type StoredEvent } from './store.ts'

export const channel = 'bizq_events'
const pageSize = 1_000
const heartbeatMs = 25_000
const checkMs = 30_000
/** What a slow client may leave unread before it is cut off: it comes back with the last id that it saw. */
export const maxBufferedBytes = 1_048_576
const maxWaiting = 10_000
const heldBackMs = { first: 5, most: 80 }
/** After these it is looked at once who may still read, and not only at the next half minute. */
const endings: ReadonlySet<string> = new Set<EventType>([
  'oauth-client.deleted',
  'oauth-consent.revoked',
  'organisation.stopped',
])

export interface Subscriber {
  response: ServerResponse
  /** Who reads: when they may not any more, the stream ends. */
  actor: Actor
  /** While the backlog is still being sent, new events wait here; null once the stream is live. */
  waiting: StoredEvent[] | null
  /** Where the backlog ended: the hub may still be behind it, and nothing is sent twice. */
  reached: Place
}

/** Hands events to the live streams of this process. */
export interface EventHub {
  /** Adds a stream; from now on it gets every event of its organisation. */
  subscribe(subscriber: Subscriber): void
  /** Tells every process that something was committed. Many calls become one notification. */
  announce(): void
  /** Ends the streams of everybody whose session, token or membership is over. Runs every half minute by itself. */
  check(): Promise<void>
  close(): Promise<void>
}

/** `<id>` of an event in the stream, which a browser sends back as Last-Event-ID. */
export function placeId(place: Place): string {
  return `${place.xid}:${place.seq}`
}

export function readPlace(id: string): Place | undefined {
  const match = /^(\d{1,20}):(\d{1,16})$/.exec(id)
  return match ? { xid: match[1] ?? '', seq: Number(match[2]) } : undefined
}

export function isAfter(a: Place, b: Place): boolean {
  const [x, y] = [BigInt(a.xid), BigInt(b.xid)]
  return x === y ? a.seq > b.seq : x > y
}

/** One event as it stands on the wire. */
export function frameOf(event: StoredEvent): string {
  const data = JSON.stringify({ type: event.type, at: event.at.toISOString(), ...(event.payload as object) })
  return `id: ${placeId(event)}\nevent: ${event.type}\ndata: ${data}\n\n`
}

/**
 * Listens on one connection of its own and reads what is new only when told that something was
 * committed: an idle process asks the database nothing.
 */
export async function openEventHub(
  deps: Pick<Deps, 'auth' | 'directory' | 'log' | 'metrics' | 'pools'>,
  connect: () => Promise<Client>,
): Promise<EventHub> {
  const subscribers = new Map<string, Set<Subscriber>>()
  let place = await findHorizon(deps.directory)
  let isClosed = false
  let isReading = false
  let mustReadAgain = false
  let listener: Client | undefined
  let patienceMs = heldBackMs.first

  const deliver = (event: StoredEvent) => {
    const audience = subscribers.get(event.organisationId)
    if (!audience || isClosed) return
    const frame = frameOf(event)
    for (const { response, waiting, reached } of audience) {
      if (response.destroyed) continue
      if (waiting) {
        if (waiting.push(event) > maxWaiting) response.destroy()
      } else if (isAfter(event, reached)) {
        response.write(frame)
        if (response.writableLength > maxBufferedBytes) response.destroy()
      }
    }
  }

  const readNew = async () => {
    mustReadAgain = true
    if (isReading) return
    isReading = true
    try {
      while (mustReadAgain && !isClosed) {
        mustReadAgain = false
        const page = await listEventsAfter(deps.directory, place, pageSize)
        for (const event of page.events) {
          deliver(event)
          place = { xid: event.xid, seq: event.seq }
        }
        if (page.events.some(({ type }) => endings.has(type))) checkNow()
        if (page.events.length > 0) patienceMs = heldBackMs.first
        if (page.events.length === pageSize) mustReadAgain = true
        else if (page.areSomeHeldBack) {
          setTimeout(() => void readNew(), patienceMs)
          patienceMs = Math.min(patienceMs * 2, heldBackMs.most)
        }
      }
    } catch (error) {
      deps.log.warn({ err: error }, 'reading new events failed; it is tried again')
      setTimeout(() => void readNew(), 250)
    } finally {
      isReading = false
    }
  }

  const listen = async (): Promise<void> => {
    if (isClosed) return
    try {
      const client = await connect()
      listener = client
      client.on('notification', () => void readNew())
      client.on('error', () => void client.end().catch(() => {}))
      client.once('end', () => void setTimeout(() => void listen(), 250))
      await client.query(`listen ${channel}`)
      await readNew()
    } catch (error) {
      deps.log.warn({ err: error }, 'listening for events failed; it is tried again')
      setTimeout(() => void listen(), 500)
    }
  }

  const everybody = () => [...subscribers.values()].flatMap((audience) => [...audience])
  const check = async () => {
    const all = everybody()
    if (all.length === 0) return
    const dismissed = await findDismissed(
      deps,
      all.map(({ actor }) => actor),
    )
    const standing = await findStandingConsents(
      deps,
      [...dismissed].flatMap(({ token }) => token ?? []),
    )
    for (const { actor, response } of all)
      if (dismissed.has(actor) && !standing.has(actor.token ?? '')) response.end()
  }
  let checks = 0
  const checkNow = () => {
    if (++checks > 1) return
    void (async () => {
      for (let seen = 0; seen !== checks && !isClosed;) {
        seen = checks
        await check().catch((error: unknown) =>
          deps.log.warn({ err: error }, 'checking who may still read events failed; it is tried again'),
        )
      }
      checks = 0
    })()
  }
  const heartbeat = setInterval(() => {
    for (const { response } of everybody()) if (!response.destroyed) response.write(': here\n\n')
  }, heartbeatMs).unref()
  const checking = setInterval(checkNow, checkMs).unref()
  await listen()

  let announcing: NodeJS.Timeout | undefined
  return {
    subscribe: (subscriber) => {
      const { organisation } = subscriber.actor
      if (isClosed || subscriber.response.destroyed) {
        subscriber.response.destroy()
        return
      }
      const audience = subscribers.get(organisation) ?? new Set()
      subscribers.set(organisation, audience.add(subscriber))
      deps.metrics.streams.inc()
      subscriber.response.once('close', () => {
        deps.metrics.streams.dec()
        audience.delete(subscriber)
        if (audience.size === 0 && subscribers.get(organisation) === audience)
          subscribers.delete(organisation)
      })
    },
    announce: () => {
      announcing ??= setTimeout(() => {
        announcing = undefined
        deps.pools.directory.query(`select pg_notify('${channel}', '')`).catch((error: unknown) => {
          deps.log.warn({ err: error }, 'announcing events failed')
        })
      }, 2)
    },
    check,
    close: async () => {
      isClosed = true
      clearInterval(heartbeat)
      clearInterval(checking)
      clearTimeout(announcing)
      for (const { response } of everybody()) response.end()
      listener?.removeAllListeners('end')
      await listener?.end().catch(() => {})
    },
  }
}
