import type { ServerResponse } from 'node:http'
import type { Client } from 'pg'
import type { Deps } from '../../deps.ts'
import { findHorizon, listEventsAfter, type Place, type StoredEvent } from './store.ts'

export const channel = 'bizq_events'
const pageSize = 1_000
const heartbeatMs = 25_000
const maxBufferedBytes = 1_048_576

export interface Subscriber {
  response: ServerResponse
  organisation: string
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
  deps: Pick<Deps, 'directory' | 'log' | 'metrics' | 'pools'>,
  connect: () => Promise<Client>,
): Promise<EventHub> {
  const subscribers = new Map<string, Set<Subscriber>>()
  let place = await findHorizon(deps.directory)
  let isClosed = false
  let isReading = false
  let mustReadAgain = false
  let listener: Client | undefined

  const deliver = (event: StoredEvent) => {
    const audience = subscribers.get(event.organisationId)
    if (!audience) return
    const frame = frameOf(event)
    for (const subscriber of audience) {
      if (subscriber.waiting) {
        subscriber.waiting.push(event)
        continue
      }
      if (!isAfter(event, subscriber.reached)) continue
      subscriber.response.write(frame)
      if (subscriber.response.writableLength > maxBufferedBytes) subscriber.response.destroy()
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
        if (page.events.length === pageSize) mustReadAgain = true
        else if (page.areSomeHeldBack) setTimeout(() => void readNew(), 10)
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
      client.once('error', () => void client.end().catch(() => {}))
      client.once('end', () => void setTimeout(() => void listen(), 250))
      await client.query(`listen ${channel}`)
      await readNew()
    } catch (error) {
      deps.log.warn({ err: error }, 'listening for events failed; it is tried again')
      setTimeout(() => void listen(), 500)
    }
  }

  const heartbeat = setInterval(() => {
    for (const audience of subscribers.values())
      for (const each of audience) each.response.write(': here\n\n')
  }, heartbeatMs)
  heartbeat.unref()
  await listen()

  let announcing: NodeJS.Timeout | undefined
  return {
    subscribe: (subscriber) => {
      const audience = subscribers.get(subscriber.organisation) ?? new Set()
      subscribers.set(subscriber.organisation, audience.add(subscriber))
      deps.metrics.streams.inc()
      subscriber.response.once('close', () => {
        deps.metrics.streams.dec()
        audience.delete(subscriber)
        if (audience.size === 0) subscribers.delete(subscriber.organisation)
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
    close: async () => {
      isClosed = true
      clearInterval(heartbeat)
      clearTimeout(announcing)
      for (const audience of subscribers.values()) for (const each of audience) each.response.end()
      listener?.removeAllListeners('end')
      await listener?.end().catch(() => {})
    },
  }
}
