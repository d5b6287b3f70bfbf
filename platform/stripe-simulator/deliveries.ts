import { createHmac } from 'node:crypto'
import { findEvent, type StripeEvent } from './events.ts'
import type { Store } from './store.ts'

/** Seconds until it is tried again; after the last one it is given up. */
const waits = [1, 5, 30, 120, 600, 3600, 3600 * 4, 3600 * 12, 86_400]
const answersWithinMs = 10_000

export interface Sent {
  event: string
  type: string
  endpoint: string
  /** 0: no answer. */
  status: number
}

export const signatureOf = (payload: string, secret: string, at: number): string =>
  `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${payload}`).digest('hex')}`

export const payloadOf = (event: StripeEvent): string => JSON.stringify(event, null, 2)

export interface Deliveries {
  /** Something may be due. */
  wake(): void
  /** One more time, whatever became of it before. */
  send(event: string): Promise<Sent[]>
  post(url: string, payload: string, signature: string): Promise<number>
  hold(isHeld: boolean): void
  readonly isHeld: boolean
  waiting(): { event: string; endpoint: string }[]
  close(): Promise<void>
}

interface Row {
  event: string
  endpoint: string
  attempts: number
}

async function post(url: string, payload: string, signature: string): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: payload,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signature,
      },
      signal: AbortSignal.timeout(answersWithinMs),
      redirect: 'manual',
    })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

/** Sends what is due, a few at a time, and again what was not taken. Deliveries keep the real time, whatever the clock says. */
export function startDeliveries(store: Store, { atOnce = 4 } = {}): Deliveries {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isHeld = store.counter('webhooks held') === 1
  let isClosed = false
  const dueRows = store.database.prepare(
    `select event, endpoint, attempts from deliveries where next_at is not null and next_at <= ?
     order by (select seq from events where id = event) limit ?`,
  )
  const nextAt = store.database.prepare('select min(next_at) as at from deliveries where next_at is not null')
  const done = store.database.prepare('delete from deliveries where event = ? and endpoint = ?')
  const again = store.database.prepare(
    'update deliveries set attempts = ?, next_at = ? where event = ? and endpoint = ?',
  )

  async function send(row: Row): Promise<Sent> {
    const event = findEvent(store, row.event)
    const endpoint = store.find('webhook_endpoint', row.endpoint)?.object
    if (!event || !endpoint) return { event: row.event, type: '', endpoint: row.endpoint, status: 0 }
    const secret = String(store.find('note', endpoint.id)?.object['secret'] ?? '')
    const payload = payloadOf(event)
    const status = await post(
      endpoint.url,
      payload,
      signatureOf(payload, secret, Math.floor(Date.now() / 1000)),
    )
    return { event: event.id, type: event.type, endpoint: endpoint.id, status }
  }

  async function deliver(row: Row): Promise<void> {
    const sent = await send(row)
    if (isClosed) return
    if (sent.status >= 200 && sent.status < 300) {
      done.run(row.event, row.endpoint)
      return
    }
    const wait = waits[row.attempts]
    again.run(row.attempts + 1, wait === undefined ? null : Date.now() + wait * 1000, row.event, row.endpoint)
  }

  async function run(): Promise<void> {
    while (!isClosed && !isHeld) {
      const rows = dueRows.all(Date.now(), 250) as unknown as Row[]
      if (rows.length === 0) break
      const senders = Array.from({ length: atOnce }, async () => {
        for (let row = rows.shift(); row && !isHeld && !isClosed; row = rows.shift()) await deliver(row)
      })
      await Promise.all(senders)
    }
    if (isClosed) return
    const at = nextAt.get()?.['at']
    if (typeof at === 'number' && !isHeld)
      timer = setTimeout(wake, Math.max(50, Math.min(at - Date.now(), 60_000)))
    timer?.unref()
  }

  function wake(): void {
    if (running || isClosed) return
    clearTimeout(timer)
    running = run().finally(() => {
      running = undefined
      if (!isClosed && !isHeld && dueRows.get(Date.now(), 1)) wake()
    })
  }

  wake()
  return {
    wake,
    post,
    async send(event) {
      const endpoints = store
        .everywhere('webhook_endpoint')
        .filter(({ object }) => object.status === 'enabled')
      return Promise.all(endpoints.map(({ object }) => send({ event, endpoint: object.id, attempts: 0 })))
    },
    hold(held) {
      isHeld = held
      store.transact(() => store.setCounter('webhooks held', held ? 1 : 0))
      if (!held) wake()
    },
    get isHeld() {
      return isHeld
    },
    waiting: () =>
      store.database
        .prepare(
          `select d.event, d.endpoint from deliveries d join events e on e.id = d.event
           where d.next_at is not null order by e.seq`,
        )
        .all() as unknown as Row[],
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}
