import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type Listener } from '../../db/unit-of-work.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import * as grants from './grant-store.ts'
import { endSubscriptions, tellSubscribers } from './upgrade-tell.ts'
import { upgradeSubscriptions } from './upgrade.ts'

/** Takes the subscriptions of a service to a release that was just published. */
export const upgradeSubscriptionsJob = defineJob<{ release: string }>(
  'subscriptions-upgrade',
  async (deps, payloads) => {
    for (const { release } of payloads)
      await upgradeSubscriptions(deps, decodeId(idPrefixes.release, release))
  },
)

/** Tells the subscriptions of a release that something became of it. */
export const tellOfReleaseJob = defineJob<{ release: string; at: string }>(
  'subscriptions-tell',
  async (deps, payloads) => {
    for (const { release, at } of payloads)
      await tellSubscribers(deps, decodeId(idPrefixes.release, release), new Date(at))
  },
)

/** Ends the subscriptions of a release whose notice is over. */
export const endSubscriptionsJob = defineJob<{ release: string }>(
  'subscriptions-end',
  async (deps, payloads) => {
    for (const { release } of payloads) await endSubscriptions(deps, decodeId(idPrefixes.release, release))
  },
)

/** States of a release that its subscribers are told of. */
const told: ReadonlySet<string> = new Set(['deprecated', 'suspended', 'withdrawn', 'published'])

/** Hears what becomes of a release, in the transaction that changes it. */
export const followReleases: Listener = async (unit, { type, payload }) => {
  if (type === 'release.published') {
    const { release } = payload as { release: string }
    await enqueue(unit, upgradeSubscriptionsJob, { release })
    await enqueue(unit, tellOfReleaseJob, { release, at: new Date().toISOString() })
  } else if (type === 'release.changed') {
    const { release, state } = payload as { release: string; state: string }
    if (told.has(state)) await enqueue(unit, tellOfReleaseJob, { release, at: new Date().toISOString() })
  } else if (type === 'release.ended') {
    const { release } = payload as { release: string }
    await enqueue(unit, endSubscriptionsJob, { release })
  }
}

/** Forgets previews that nobody subscribed from, with their keys. */
export const forgetPreviewsJob = defineJob(
  'previews-forget',
  async (deps) => {
    const over = Map.groupBy(await grants.listOverDrafts(deps.directory), (row) => row.organisation_id)
    for (const [organisation, rows] of over) {
      await withUnitOfWork(deps, systemActor(organisation), (unit) =>
        grants.deleteDrafts(
          unit.tx,
          rows.map(({ id }) => id),
        ),
      )
    }
  },
  { cron: '17 * * * *' },
)
