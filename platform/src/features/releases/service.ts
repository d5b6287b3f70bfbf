import type { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { requireRelease, requireService, showRelease, toRelease } from './release.ts'
import type { Release } from './schemas.ts'
import * as store from './store.ts'

export async function listReleases(unit: UnitOfWork, service: string): Promise<z.infer<typeof Release>[]> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireService(unit, service)
  const rows = await store.listReleases(unit.tx, id)
  return rows.map((row) => toRelease(row, rows))
}

export async function getRelease(
  unit: UnitOfWork,
  service: string,
  id: string,
): Promise<z.infer<typeof Release>> {
  requireOrganisationKind(unit.actor, 'provider')
  return showRelease(unit, await requireRelease(unit, service, id))
}

/** A release as its provider sees it, in a unit of its own. */
export function readRelease(deps: Deps, actor: Actor, service: string, release: string) {
  return withUnitOfWork(deps, actor, (unit) => getRelease(unit, service, release))
}
