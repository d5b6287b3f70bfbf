import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import * as store from './store.ts'

/** Withdraws the deprecated releases whose notice is over. Each in a unit of its own; may be run again. */
export async function endReleases(deps: Deps): Promise<void> {
  for (const row of await store.listEnding(deps.directory)) {
    await withUnitOfWork(deps, systemActor(row.organisation_id, 'provider'), (unit) =>
      endRelease(unit, row.id),
    )
  }
}

/** Withdraws one, unless it was taken back or given longer since it was listed. */
export async function endRelease(unit: UnitOfWork, id: string): Promise<void> {
  const row = await store.lockRelease(unit.tx, id)
  const isOver = row?.state === 'deprecated' && row.ends_at !== null && row.ends_at <= new Date()
  if (!isOver) return
  await store.updateRelease(unit.tx, id, { state: 'withdrawn' })
  const ids = {
    release: encodeId(idPrefixes.release, id),
    service: encodeId(idPrefixes.service, row.service_id),
  }
  await audit(unit, 'release.end', { release: ids.release })
  unit.emit('release.changed', { ...ids, state: 'withdrawn' })
  unit.emit('release.ended', ids)
}
