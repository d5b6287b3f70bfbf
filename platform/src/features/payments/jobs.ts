import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { defineJob } from '../../jobs/define.ts'
import type { StripeReference } from '../../stripe/sync.ts'
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

/**
 * What follows from one event: its object is looked at again. The event is done when all of that is committed; a
 * process that dies before does it again.
 */
export const followEventJob = defineJob<{ event: string }>(
  'payments.follow-event',
  async (deps, payloads) => {
    const platform = systemActor(await ensurePlatform(deps), 'platform')
    for (const { event: id } of payloads) {
      const event = await withUnitOfWork(deps, platform, ({ tx }) => store.findEvent(tx, id))
      if (event?.state !== 'received') continue
      // Stripe sends test events of connected accounts to live endpoints too: nothing of ours follows from them.
      const isOurs = event.is_live === (deps.stripe.mode === 'live')
      const isFollowed =
        isOurs &&
        event.object_id !== null &&
        (await follow(deps, event.object, { id: event.object_id, account: event.account || null }))
      await withUnitOfWork(deps, platform, ({ tx }) =>
        store.endEvent(tx, id, isFollowed ? 'done' : 'ignored'),
      )
    }
  },
  { queue: { retryLimit: 20 } },
)

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
