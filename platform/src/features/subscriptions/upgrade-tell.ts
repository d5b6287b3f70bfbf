import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requirePublished, type PublishedRelease } from '../releases/index.ts'
import * as store from './store.ts'
import { idsOf, requireSubscription } from './subscription.ts'
import { endWithRelease } from './upgrade-return.ts'

/** Tells every subscription of a release what became of it, each once for each change. May be run again. */
export async function tellSubscribers(deps: Deps, release: string, at: Date): Promise<void> {
  const told = await requirePublished(deps, release)
  for (const row of await store.listSubscribed(deps.directory, { release })) {
    if (row.told_at && row.told_at >= at) continue
    await withUnitOfWork(deps, systemActor(row.organisation_id), async (unit) => {
      const locked = await requireSubscription(unit, row.id, true)
      const isTold = locked.told_at !== null && locked.told_at >= at
      if (isTold || locked.state === 'cancelled' || locked.release_id !== release) return
      await store.updateSubscription(unit.tx, locked.id, { told_at: at })
      unit.emit('subscription.release-changed', {
        ...idsOf(locked),
        release: encodeId(idPrefixes.release, told.id),
        version: told.version,
        state: told.state,
        notice: told.notice,
        endsAt: told.endsAt?.toISOString() ?? null,
      })
    })
  }
}

/** Cancels what is still on a release whose notice is over. Each in a unit of its own; may be run again. */
export async function endSubscriptions(deps: Deps, release: string): Promise<void> {
  const over = await requirePublished(deps, release)
  const hadNotice = over.endsAt !== null && over.endsAt <= new Date()
  if (over.state !== 'withdrawn' || !hadNotice) return
  for (const row of await store.listSubscribed(deps.directory, { release })) {
    await withUnitOfWork(deps, systemActor(row.organisation_id), (unit) =>
      endWithRelease(unit, row.id, { release, reason: endInWords(over) }),
    )
  }
}

function endInWords({ publisher, manifest, version, notice }: PublishedRelease): string {
  const words = `${publisher} ended version ${version} of ${manifest.name}, as announced.`
  return notice ? `${words} “${notice}”` : words
}
