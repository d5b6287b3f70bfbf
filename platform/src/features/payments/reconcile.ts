import { systemActor, withUnitOfWork, type Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { enqueue, enqueueAll } from '../../jobs/define.ts'
import { isDisconnected, isMissing, stripeErrorOf, type Stripe } from '../../stripe/client.ts'
import { ensurePlatform } from '../identity/index.ts'
import { followEventJob, followObjectJob, longestWait } from './jobs.ts'
import { takeEvent } from './service.ts'
import * as store from './store.ts'

const pageSize = 100
const mostLeft = 1_000

/** Finds what webhooks did not bring: reads Stripe's own list since the last run, and looks at what is not final. */
export async function reconcile(deps: Deps): Promise<void> {
  if (deps.stripe.mode === 'off') return
  const platform = systemActor(await ensurePlatform(deps), 'platform')
  const accounts = await Promise.all(
    deps.stripeSyncs.map(async (each) => (await each.accounts?.(deps)) ?? []),
  )
  await readEvents(deps, platform, '')
  for (const account of new Set(accounts.flat()))
    await readEvents(deps, platform, account).catch((error: unknown) =>
      passOver(deps, platform, account, error),
    )
  await withUnitOfWork(deps, platform, async (unit) => {
    const left = await store.listLeftEvents(unit.tx, mostLeft, longestWait)
    await enqueueAll(
      unit,
      followEventJob,
      left.map((event) => ({ event })),
    )
  })
  for (const { object, unfinished } of deps.stripeSyncs) {
    const waiting = (await unfinished?.(deps)) ?? []
    await withUnitOfWork(deps, platform, (unit) =>
      enqueueAll(
        unit,
        followObjectJob,
        waiting.map((each) => ({ ...each, object })),
      ),
    )
  }
}

/** One account that cannot be read keeps no other from being read: it is looked at itself, and read the next time. */
async function passOver(deps: Deps, platform: Actor, account: string, error: unknown): Promise<void> {
  const refused = stripeErrorOf(error)
  if (!refused) throw error
  deps.log.warn({ account, refused: refused.message }, 'the events of a connected account cannot be read')
  if (isDisconnected(error))
    await withUnitOfWork(deps, platform, (unit) =>
      enqueue(unit, followObjectJob, { object: 'account', id: account, account }),
    )
}

/** Reads an account's events from where the run before the last ended: what showed late is within what is read twice. */
async function readEvents(deps: Deps, platform: Actor, account: string): Promise<void> {
  const known = await withUnitOfWork(deps, platform, ({ tx }) => store.findCursor(tx, account))
  let newest = known?.newest ?? null
  for await (const page of pagesSince(deps, account, known?.event ?? null)) {
    newest = page[0]?.id ?? newest
    await withUnitOfWork(deps, platform, async (unit) => {
      const taken = await store.knownEvents(
        unit.tx,
        page.map(({ id }) => id),
      )
      for (const event of page.toReversed())
        if (!taken.has(event.id)) await takeEvent(unit, deps, event, JSON.stringify(event), 'reconciliation')
    })
  }
  await withUnitOfWork(deps, platform, (unit) =>
    store.saveCursor(unit.tx, unit.actor.organisation, account, { event: known?.newest ?? newest, newest }),
  )
}

/** Pages after an event, oldest page first; of all that Stripe still has (30 days) where that event is gone or there is none. */
async function* pagesSince(
  deps: Deps,
  account: string,
  since: string | null,
): AsyncGenerator<Stripe.Event[]> {
  const options = account ? { stripeAccount: account } : {}
  const list = (place: Stripe.EventListParams) =>
    deps.stripe.events.list({ ...place, limit: pageSize }, options)
  if (since !== null) {
    const first = await list({ ending_before: since }).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    if (first) {
      for (
        let page = first;
        page.data.length > 0;
        page = await list({ ending_before: page.data[0]?.id ?? since })
      ) {
        yield page.data
        if (!page.has_more) return
      }
      return
    }
  }
  const pages: Stripe.Event[][] = []
  for (let page = await list({}); page.data.length > 0;) {
    pages.push(page.data)
    const last = page.data.at(-1)
    if (!page.has_more || !last) break
    page = await list({ starting_after: last.id })
  }
  yield* pages.toReversed()
}
