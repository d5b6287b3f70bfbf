import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { requireRoom } from '../../http/room.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireProvider, requireService } from './release.ts'
import type { ProviderService, ServiceChange } from './schemas.ts'
import * as store from './service-store.ts'
import { listNewest, type NewestRelease } from './store.ts'

type Answer = z.infer<typeof ProviderService>

/** Figures over fewer subscribers than this are told to no provider. */
export const fewestTold = 5

function toService(row: store.ServiceRow, subscribers: number, releases: readonly NewestRelease[]): Answer {
  const [newest] = releases
  const offered =
    releases.find(({ state, is_prerelease: isPre }) => state === 'published' && !isPre) ??
    releases.find(({ state }) => state === 'deprecated')
  const brief = (release: NewestRelease | undefined) =>
    release
      ? {
          release: encodeId(idPrefixes.release, release.id),
          version: release.version,
          state: release.state,
          name: release.name,
        }
      : null
  return {
    id: encodeId(idPrefixes.service, row.id),
    service: row.slug,
    createdAt: row.created_at.toISOString(),
    subscribers: subscribers >= fewestTold ? subscribers : null,
    visibility: row.visibility,
    level: row.level,
    suspended: row.suspended_at
      ? { at: row.suspended_at.toISOString(), reason: row.suspended_reason ?? '' }
      : null,
    newest: brief(newest),
    offered: brief(offered),
  }
}

export async function createService(unit: UnitOfWork, slug: string): Promise<Answer> {
  requireProvider(unit)
  await requireRoom(unit, 'services', async () => (await store.listServices(unit.tx)).length)
  const row = await store.insertService(unit.tx, unit.actor.organisation, slug)
  if (!row) throw new ProblemError('already-exists', { detail: `The name ${slug} is taken; choose another.` })
  await audit(unit, 'service.create', { service: encodeId(idPrefixes.service, row.id) })
  return toService(row, 0, [])
}

export async function listProviderServices(unit: UnitOfWork): Promise<Answer[]> {
  requireOrganisationKind(unit.actor, 'provider')
  const counts = new Map((await store.countSubscribers(unit.tx)).map((row) => [row.service_id, row.count]))
  const releases = Map.groupBy(await listNewest(unit.tx), (row) => row.service_id)
  return (await store.listServices(unit.tx)).map((row) =>
    toService(row, counts.get(row.id) ?? 0, releases.get(row.id) ?? []),
  )
}

export async function getProviderService(unit: UnitOfWork, service: string): Promise<Answer> {
  const { id } = await requireService(unit, service)
  const found = (await listProviderServices(unit)).find(
    (each) => each.id === encodeId(idPrefixes.service, id),
  )
  if (!found) throw new ProblemError('not-found')
  return found
}

/** Says who may find a service: everybody, who has its link, or who was invited. Subscriptions go on whatever it says. */
export async function changeService(
  unit: UnitOfWork,
  service: string,
  { visibility }: z.infer<typeof ServiceChange>,
): Promise<Answer> {
  requireProvider(unit)
  const { id, visibility: before } = await requireService(unit, service)
  if (visibility !== before) {
    await store.updateService(unit.tx, id, { visibility })
    const ids = { service: encodeId(idPrefixes.service, id) }
    await audit(unit, 'service.show', { ...ids, visibility })
    unit.emit('service.shown', { ...ids, visibility })
  }
  return getProviderService(unit, service)
}
