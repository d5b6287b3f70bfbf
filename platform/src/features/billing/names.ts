import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { findBusinessRows } from '../businesses/index.ts'
import { describeReleases } from '../releases/index.ts'
import { findSubscriptions } from '../subscriptions/index.ts'

export interface Names {
  service(id: string): { name: string; slug: string }
  business(id: string): string
}

/** What services and businesses are called, of these subscriptions (UUIDs). */
export async function namesOf(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  subscriptions: readonly string[],
): Promise<Names> {
  const rows = [...(await findSubscriptions(unit, [...new Set(subscriptions)])).values()]
  const releases = await describeReleases(
    deps,
    rows.map((row) => row.release_id),
  )
  const businesses = await findBusinessRows(
    unit,
    rows.map((row) => row.business_id),
  )
  const services = new Map(
    rows.flatMap((row) => {
      const release = releases.get(row.release_id)
      return release ? [[row.service_id, { name: release.manifest.name, slug: release.slug }] as const] : []
    }),
  )
  return {
    service: (id) => services.get(id) ?? { name: 'A service', slug: '' },
    business: (id) => businesses.get(id)?.name ?? 'A business',
  }
}
