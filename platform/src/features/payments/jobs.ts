import { systemActor, withUnitOfWork, type Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { defineJob } from '../../jobs/define.ts'
import type { StripeReference } from '../../stripe/sync.ts'
import { audit } from '../audit/index.ts'
import { ensurePlatform } from '../identity/index.ts'
import { askRates } from './rates.ts'
import { reconcile } from './reconcile.ts'
import * as store from './store.ts'

/** Tells every feature that follows this kind of object; answers whether there is one. */
async function follow(deps: Deps, object: string, changed: StripeReference): Promise<boolean> {
  const syncs = deps.stripeSyncs.filter((each) => each.object === object)
  for (const { sync } of syncs) await sync(deps, changed)
  return syncs.length > 0
}

/** How often an event is tried, each time after about twice as long: the last about nine hours after the first. */
const mostAttempts = 16
/** In seconds. */
export const longestWait = 6 * 3_600

/**
 * What follows from one event: its object is looked at again. The event is done when all of that is committed; a
 * process that dies before does it again. One that fails each time is put aside for an administrator to see.
 */
export const followEventJob = defineJob<{ event: string }>(
  'payments.follow-event',
  async (deps, payloads) => {
    for (const { event } of payloads) await followEvent(deps, event)
  },
  { queue: { retryLimit: mostAttempts, retryDelayMax: longestWait } },
)

async function followEvent(deps: Deps, id: string): Promise<void> {
  const platform = systemActor(await ensurePlatform(deps), 'platform')
  const event = await withUnitOfWork(deps, platform, ({ tx }) => store.tryEvent(tx, id))
  if (!event) return
  // Whose attempts ended their process is put aside too: nobody was there to take note of them.
  if (event.attempts > mostAttempts) return park(deps, platform, id)
  // Stripe sends test events of connected accounts to live endpoints too: nothing of ours follows from them.
  const isOurs = event.is_live === (deps.stripe.mode === 'live')
  try {
    const isFollowed =
      isOurs &&
      event.object_id !== null &&
      (await follow(deps, event.object, { id: event.object_id, account: event.account || null }))
    await withUnitOfWork(deps, platform, ({ tx }) => store.endEvent(tx, id, isFollowed ? 'done' : 'ignored'))
  } catch (error) {
    await withUnitOfWork(deps, platform, ({ tx }) => store.noteFailure(tx, id, wordsOf(error)))
    if (event.attempts < mostAttempts) throw error
    deps.log.error({ event: id, err: error }, 'an event of Stripe’s cannot be followed')
    await park(deps, platform, id)
  }
}

const wordsOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 2_000)

async function park(deps: Deps, platform: Actor, id: string): Promise<void> {
  await withUnitOfWork(deps, platform, async (unit) => {
    if (await store.parkEvent(unit.tx, id)) await audit(unit, 'stripe-event.fail', { event: id })
  })
}

/** Looks again at one object that is not final, whether or not an event told of it. */
export const followObjectJob = defineJob<StripeReference & { object: string }>(
  'payments.follow-object',
  async (deps, payloads) => {
    for (const { object, ...changed } of payloads) await follow(deps, object, changed)
  },
)

/** Every ten minutes: events that never came, events that were left over, and objects that wait for their end. */
export const reconcileJob = defineJob<object>('payments.reconcile', reconcile, {
  cron: '*/10 * * * *',
  concurrency: 1,
  queue: { policy: 'singleton', retryLimit: 0, expireInSeconds: 3_600 },
})

/** The rates of a new day. */
export const ratesJob = defineJob<object>('payments.rates', (deps) => askRates(deps), {
  cron: '3 0 * * *',
  concurrency: 1,
  queue: { policy: 'singleton' },
})
