import { createHash } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { stand } from './account-standing.ts'
import { disconnectAccount } from './accounts.ts'
import { openDispute, closeDispute } from './disputes.ts'
import { payloadOf, signatureOf, type Deliveries, type Sent } from './deliveries.ts'
import { findEvent } from './events.ts'
import { failPayout } from './payouts.ts'
import { Refusal } from './refusal.ts'
import { endRefund } from './refunds.ts'
import { createWorld, type Ground, type World } from './world.ts'

/** What goes wrong with a request: `lost_answer` carries it out and answers nothing. */
export type Failure = '500' | '429' | 'timeout' | 'reset' | 'lost_answer'

export interface Failures {
  next: { mode: Failure; path: string }[]
}

export interface ControlDeps {
  ground: Ground
  secretKey: string
  failures: Failures
  deliveries: Deliveries
  advanceTo: (seconds: number) => number
  tick: () => number
}

type Env = { Bindings: HttpBindings }

const error = (c: Context<Env>, status: 429 | 500, type: string, code: string | null, message: string) =>
  c.json({ error: { type, ...(code && { code }), message } }, status)

async function hang(c: Context<Env>): Promise<Response> {
  await new Promise((resolve) => c.env.outgoing.once('close', resolve))
  return c.body(null)
}

/** Fails the requests that were asked to fail, each once. */
function failing(failures: Failures): MiddlewareHandler<Env> {
  return async (c, next) => {
    const at = failures.next.findIndex(({ path }) => c.req.path.startsWith(path))
    const [failure] = at < 0 ? [] : failures.next.splice(at, 1)
    if (!failure) return next()
    if (failure.mode === '500') return error(c, 500, 'api_error', null, 'An unknown error occurred')
    if (failure.mode === '429')
      return error(c, 429, 'invalid_request_error', 'rate_limit', 'Request rate limit exceeded.')
    if (failure.mode === 'timeout') return hang(c)
    if (failure.mode === 'lost_answer') await next()
    c.env.outgoing.destroy()
    return c.body(null)
  }
}

/** The same order for the same seed. */
export function shuffled<T>(all: T[], seed: string): T[] {
  const keyed = all.map((each, at) => ({
    each,
    key: createHash('sha256').update(`${seed}/${at}`).digest('hex'),
  }))
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ each }) => each)
}

interface Sending {
  /** Without it: all that wait. */
  events?: string[]
  times?: number
  shuffle?: string
}

async function sendAgain({ ground, deliveries }: ControlDeps, asked: Sending): Promise<Sent[]> {
  const { database } = ground.store
  const waiting = deliveries.waiting().map((each) => each.event)
  const once = asked.events ?? [...new Set(waiting)]
  const all = Array.from({ length: asked.times ?? 1 }, () => once).flat()
  const order = asked.shuffle === undefined ? all : shuffled(all, asked.shuffle)
  const sent: Sent[] = []
  for (const event of order) sent.push(...(await deliveries.send(event)))
  const taken = sent.filter((each) => each.status >= 200 && each.status < 300)
  for (const each of taken)
    database.prepare('delete from deliveries where event = ? and endpoint = ?').run(each.event, each.endpoint)
  return sent
}

type Forgery = 'secret' | 'payload' | 'stale' | 'unsigned'

/** A delivery that nobody may believe: another secret, changed words, an old signature, or none. */
async function forge({ ground, deliveries }: ControlDeps, kind: Forgery, event: string): Promise<number[]> {
  const found = findEvent(ground.store, event)
  if (!found) throw new Refusal(404, { type: 'invalid_request_error', message: `No such event: '${event}'` })
  const now = Math.floor(Date.now() / 1000)
  const payload = payloadOf(found)
  const endpoints = ground.store.everywhere('webhook_endpoint')
  return Promise.all(
    endpoints.map(({ object }) => {
      const secret = String(ground.store.find('note', object.id)?.object['secret'] ?? '')
      const signed = signatureOf(
        payload,
        kind === 'secret' ? 'whsec_of_somebody_else' : secret,
        kind === 'stale' ? now - 3600 : now,
      )
      const body = kind === 'payload' ? payload.replace(/"amount": \d+/g, '"amount": 1').concat(' ') : payload
      return deliveries.post(object.url, body, kind === 'unsigned' ? '' : signed)
    }),
  )
}

const allAccounts = (world: World) => world.all('account').map((account) => account.id)

/** What only the simulator can do, under /_simulator and never under /v1. JSON in, JSON out, with the same key. */
export function createControls(deps: ControlDeps): Hono<Env> {
  const { ground, failures, deliveries } = deps
  const controls = new Hono<Env>()
  controls.use('/v1/*', failing(failures))
  controls.use('/_simulator/controls/*', async (c, next) => {
    if (c.req.header('authorization') !== `Bearer ${deps.secretKey}`)
      return c.json({ error: { message: 'The secret key is missing.' } }, 401)
    return next()
  })
  const act = <T>(work: (world: World) => T): T => {
    const done = ground.store.transact(() =>
      work(createWorld(ground, '', { id: null, idempotency_key: null })),
    )
    deps.tick()
    deliveries.wake()
    return done
  }
  const on = <Body>(path: string, work: (body: Body, id: string) => object | Promise<object>) =>
    controls.post(`/_simulator/controls/${path}`, async (c) => {
      const body = (await c.req.json().catch(() => ({}))) as Body
      return c.json(await work(body, c.req.param('id' as never) ?? ''))
    })

  controls.get('/_simulator/controls', (c) =>
    c.json({
      now: Math.floor(ground.clock() / 1000),
      held: deliveries.isHeld,
      waiting: deliveries.waiting().length,
      failures: failures.next.length,
    }),
  )
  on<{ now: number }>('clock', ({ now }) => ({ happened: deps.advanceTo(now) }))
  on<{ mode: Failure; next?: number; path?: string }>('failures', ({ mode, next = 1, path = '/v1' }) => {
    failures.next = [...failures.next, ...Array.from({ length: next }, () => ({ mode, path }))]
    return { waiting: failures.next.length }
  })
  on<object>('failures/clear', () => {
    failures.next = []
    return { waiting: 0 }
  })
  on<{ held: boolean }>('webhooks/hold', ({ held }) => {
    deliveries.hold(held)
    return { held: deliveries.isHeld }
  })
  on<object>('webhooks/waiting', () => ({ waiting: deliveries.waiting() }))
  on<Sending>('webhooks/send', async (asked) => ({ sent: await sendAgain(deps, asked) }))
  on<{ kind: Forgery; event: string }>('webhooks/forge', async ({ kind, event }) => ({
    statuses: await forge(deps, kind, event),
  }))
  on<{ reason?: string; amount?: number; isInquiry?: boolean }>('charges/:id/dispute', (asked, id) =>
    act((world) => openDispute(world, id, asked)),
  )
  on<{ won: boolean }>('disputes/:id/close', ({ won }, id) => act((world) => closeDispute(world, id, won)))
  on<{ paid: boolean }>('refunds/:id/end', ({ paid }, id) => act((world) => endRefund(world, id, paid)))
  on<{ due: string[]; past?: string[]; pending?: string[] }>('accounts/:id/stand', (standing, id) =>
    act((world) => stand(world, id, standing)),
  )
  on<object>('accounts/:id/disconnect', (_, id) => act((world) => disconnectAccount(world, id)))
  on<{ code?: string }>('payouts/:id/fail', ({ code }, id) =>
    act((world) => {
      const owner = ['', ...allAccounts(world)].find((scope) => world.of(scope).find('payout', id)) ?? ''
      return failPayout(world.of(owner), id, code ?? 'account_closed')
    }),
  )
  controls.onError((failure, c) => {
    if (failure instanceof Refusal) return c.json({ error: failure.body }, failure.status as 400)
    throw failure
  })
  return controls
}
