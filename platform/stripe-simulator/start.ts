import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { forgetAnswers } from './answers.ts'
import { advanceClocks, runDue } from './clock.ts'
import { createControls, type Failures } from './controls.ts'
import { startDeliveries, type Deliveries } from './deliveries.ts'
import { createApi, type SeenRequest } from './http.ts'
import { createPages } from './pages.ts'
import { routes } from './routes.ts'
import type { RestrictedKey } from './permissions.ts'
import { openPlatformAccount } from './platform-account.ts'
import { openStore } from './store.ts'
import { addEndpoint } from './webhook-endpoints.ts'
import { createWorld, usualTerms, type Ground, type Terms } from './world.ts'

export interface SimulatorOptions {
  /** 0: any that is free. */
  port: number
  host?: string
  /** The one key that is let in, `sk_test_…`. */
  secretKey: string
  /** Keys that are let in for some of it, `rk_test_…`. */
  restrictedKeys?: readonly RestrictedKey[]
  /** Where every event is sent, the platform's and those of connected accounts; without it only to endpoints that are made. */
  webhookUrl?: string
  webhookSecret?: string
  /** Ids are drawn from it: the same seed and the same requests give the same ids. */
  seed: string
  /** A SQLite file, for one process at a time; nothing is kept without it. */
  store?: string
  /** Milliseconds since 1970. Without it the real time, until it is set by hand. */
  clock?: () => number
  terms?: Partial<Terms>
  onRequest?: (seen: SeenRequest) => void
}

export interface StripeSimulator {
  url: string
  /** What is due on the simulator's own clock happens; says how much did. */
  tick(): number
  /** Moves the simulator's own clock, forwards only, and stops it there: all that lies between happens in order. */
  advanceTo(seconds: number): number
  /** Resolves when no delivery is due any more. */
  delivered(): Promise<void>
  /** Writes all that is kept into a new file, from which another simulator starts as this one stands now. */
  copyTo(file: string): void
  close(): Promise<void>
}

const nobody = { id: null, idempotency_key: null }

/** The simulator's own clock: the real time, the one that was given, or the moment at which it was stopped by hand. */
function createClock(store: Ground['store'], given: (() => number) | undefined) {
  let during: number | undefined
  return {
    now: () => during ?? given?.() ?? (store.counter('clock') || Date.now()),
    during(seconds: number | undefined) {
      during = seconds === undefined ? undefined : seconds * 1000
    },
    stop(seconds: number) {
      store.transact(() => store.setCounter('clock', seconds * 1000))
    },
  }
}

/** The endpoint that it was started with is one of its own, made anew where address or secret changed. */
function openOwnEndpoint(ground: Ground, { webhookUrl, webhookSecret }: SimulatorOptions): void {
  const world = createWorld(ground, '', nobody)
  const own = world.all('webhook_endpoint').find((each) => world.note(each.id)['connect'] === 'both')
  const isSame = own?.url === webhookUrl && own && world.note(own.id)['secret'] === webhookSecret
  if (isSame) return
  ground.store.transact(() => {
    if (own) world.drop('webhook_endpoint', own.id)
    if (webhookUrl)
      addEndpoint(world, { url: webhookUrl, events: ['*'], secret: webhookSecret ?? '', connect: 'both' })
  })
}

const settledDown = async (deliveries: Deliveries, store: Ground['store']): Promise<void> => {
  const due = store.database.prepare(
    'select 1 from deliveries where next_at is not null and next_at <= ? limit 1',
  )
  while (!deliveries.isHeld && due.get(Date.now())) {
    deliveries.wake()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Starts Stripe's API on this machine. Throws what listening throws, and where another process holds the store. */
export async function startStripeSimulator(options: SimulatorOptions): Promise<StripeSimulator> {
  const { port, host = '127.0.0.1', secretKey, seed, terms } = options
  const store = openStore(options.store ?? ':memory:')
  const clock = createClock(store, options.clock)
  let url = ''
  const ground: Ground = { store, terms: { ...usualTerms, ...terms }, seed, url: () => url, clock: clock.now }
  const failures: Failures = { next: [] }
  const deliveries = startDeliveries(store)

  const tick = () => {
    const count =
      runDue(ground, Math.floor(clock.now() / 1000), (at) => clock.during(at)) + advanceClocks(ground)
    clock.during(undefined)
    if (count > 0) deliveries.wake()
    return count
  }
  const advanceTo = (seconds: number) => {
    if (seconds * 1000 < clock.now()) throw new Error('The clock only goes forwards')
    let last = 0
    const count = runDue(ground, seconds, (at) => {
      last = Math.max(last, at)
      clock.during(Math.max(last, Math.floor(clock.now() / 1000)))
    })
    clock.during(undefined)
    clock.stop(seconds)
    deliveries.wake()
    return count
  }
  let isOpen = true
  const onChange = () =>
    setImmediate(() => {
      if (!isOpen) return
      tick()
      deliveries.wake()
    })

  const app = new Hono()
  app.route('/', createControls({ ground, secretKey, failures, deliveries, advanceTo, tick }))
  app.route('/', createPages(ground, onChange))
  app.route(
    '/',
    createApi({
      ground,
      secretKey,
      restrictedKeys: options.restrictedKeys ?? [],
      routes,
      onRequest: options.onRequest,
      onChange,
    }),
  )
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host })
  server.listen(port, host)
  await once(server, 'listening')
  url = `http://${host}:${(server.address() as AddressInfo).port}`

  store.transact(() => {
    openPlatformAccount(createWorld(ground, '', nobody))
    forgetAnswers(store, clock.now())
  })
  openOwnEndpoint(ground, options)
  const ticker = setInterval(tick, 1000)
  ticker.unref()
  onChange()

  return {
    url,
    tick,
    advanceTo,
    delivered: () => settledDown(deliveries, store),
    copyTo: store.copyTo,
    async close() {
      if (!isOpen) return
      isOpen = false
      clearInterval(ticker)
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await deliveries.close()
      store.close()
    },
  }
}
