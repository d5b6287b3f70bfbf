import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type Listener } from '../../db/unit-of-work.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import * as grants from './grant-store.ts'
import { upgradeSubscriptions } from './upgrade.ts'

/** Takes the subscriptions of a service to a release that was just published. */
export const upgradeSubscriptionsJob = defineJob<{ release: string }>(
  'subscriptions-upgrade',
  async (deps, payloads) => {
    for (const { release } of payloads)
      await upgradeSubscriptions(deps, decodeId(idPrefixes.release, release))
  },
)

/** Hears that a release was published, in the transaction that publishes it. */
export const upgradeOnPublication: Listener = async (unit, event) => {
  if (event.type !== 'release.published') return
  const { release } = event.payload as { release: string }
  await enqueue(unit, upgradeSubscriptionsJob, { release })
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
