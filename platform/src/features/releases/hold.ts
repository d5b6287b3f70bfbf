import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import * as services from './service-store.ts'
import * as store from './store.ts'

const held: ReadonlySet<string> = new Set<store.HeldState>(['staged', 'published', 'deprecated'])
const isHeldState = (state: string): state is store.HeldState => held.has(state)

async function lockService(unit: UnitOfWork, service: string) {
  const row = await services.lockService(unit.tx, service)
  if (!row) throw new ProblemError('not-found', { detail: 'The organisation has no such service.' })
  return row
}

/**
 * The platform holds a whole service (by UUID), within its provider's tenant: nothing of it runs any more, and
 * nothing of it is published until it is restored. Holding it again changes the reason alone.
 */
export async function suspendService(unit: UnitOfWork, service: string, reason: string): Promise<void> {
  const row = await lockService(unit, service)
  await services.updateService(unit.tx, service, {
    suspended_at: row.suspended_at ?? new Date(),
    suspended_reason: reason,
  })
  for (const release of await store.lockReleases(unit.tx, service)) {
    if (isHeldState(release.state))
      await changed(unit, release, {
        state: 'suspended',
        notice: reason,
        suspendedBy: 'platform',
        heldState: release.state,
      })
    else if (release.suspended_by === 'platform')
      await store.updateRelease(unit.tx, release.id, { state: 'suspended', notice: reason })
  }
  const ids = { service: encodeId(idPrefixes.service, service) }
  await audit(unit, 'service.suspend', { ...ids, reason })
  unit.emit('service.suspended', { ...ids, reason })
}

/** Puts back what was before the platform held the service. What its provider suspended itself stays suspended. */
export async function restoreService(unit: UnitOfWork, service: string): Promise<void> {
  const row = await lockService(unit, service)
  if (!row.suspended_at) return
  await services.updateService(unit.tx, service, { suspended_at: null, suspended_reason: null })
  for (const release of await store.lockReleases(unit.tx, service)) {
    if (release.suspended_by !== 'platform' || !release.held_state) continue
    await changed(unit, release, {
      state: release.held_state,
      notice: null,
      suspendedBy: null,
      heldState: null,
    })
  }
  const ids = { service: encodeId(idPrefixes.service, service) }
  await audit(unit, 'service.restore', ids)
  unit.emit('service.restored', ids)
}

async function changed(unit: UnitOfWork, row: store.ReleaseRow, change: store.ReleaseStateChange) {
  await store.updateRelease(unit.tx, row.id, change)
  unit.emit('release.changed', {
    release: encodeId(idPrefixes.release, row.id),
    service: encodeId(idPrefixes.service, row.service_id),
    state: change.state,
    by: 'platform',
  })
}

/** Refuses while the platform holds the service. */
export async function requireNotHeld(unit: UnitOfWork, service: string): Promise<void> {
  const { suspended_at: heldAt, suspended_reason: reason } = await lockService(unit, service)
  if (!heldAt) return
  throw new ProblemError('conflict', {
    detail: `The platform suspended this service: ${reason} Nothing of it can be offered until the platform restores it.`,
  })
}
