import { canMove, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireProvider, requireRelease, toRelease } from './release.ts'
import type { Release, ReleaseChange } from './schemas.ts'
import * as store from './store.ts'

/** Offers a release to everybody. */
export async function publish(unit: UnitOfWork, row: store.ReleaseRow): Promise<store.ReleaseRow> {
  const published = await store.updateRelease(unit.tx, row.id, {
    state: 'published',
    notice: null,
    ...(row.published_at ? {} : { publishedAt: new Date() }),
  })
  const release = encodeId(idPrefixes.release, row.id)
  await audit(unit, 'release.publish', { release })
  unit.emit('release.published', {
    release,
    service: encodeId(idPrefixes.service, row.service_id),
    version: row.version,
  })
  return published
}

/** Deprecates, suspends, withdraws or publishes again. What it does to subscribers is theirs to read in the notice. */
export async function changeRelease(
  unit: UnitOfWork,
  service: string,
  id: string,
  change: z.infer<typeof ReleaseChange>,
): Promise<z.infer<typeof Release>> {
  requireProvider(unit)
  const row = await requireRelease(unit, service, id, true)
  if (!canMove('release', row.state, change.state)) {
    throw new ProblemError('conflict', {
      detail: `A release that is ${row.state} cannot become ${change.state}.`,
    })
  }
  if (change.state === 'published') return toRelease(await publish(unit, row))
  const changed = await store.updateRelease(unit.tx, row.id, {
    state: change.state,
    notice: change.notice ?? null,
  })
  await audit(unit, `release.${verbs[change.state]}`, { release: id })
  unit.emit('release.changed', {
    release: id,
    service: encodeId(idPrefixes.service, row.service_id),
    state: change.state,
  })
  return toRelease(changed)
}

const verbs = { deprecated: 'deprecate', suspended: 'suspend', withdrawn: 'withdraw' } as const
