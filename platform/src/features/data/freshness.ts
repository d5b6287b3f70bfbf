import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireBusiness } from '../businesses/index.ts'
import * as listing from './list-store.ts'
import { scopeOf } from './patches.ts'
import type { DatasetFreshness } from './schemas.ts'

const freshDays = 31

/** How fresh each dataset of a business is. */
export async function listDatasets(unit: UnitOfWork, businessId: string) {
  const business = await requireBusiness(unit, businessId)
  const rows = await listing.listFreshness(unit.tx, scopeOf(unit, business.id))
  const since = Date.now() - freshDays * 86_400_000
  const items = rows.map(({ importId, importedAt, ...row }): DatasetFreshness => {
    const at = row.newest ?? importedAt?.toISOString()
    return {
      ...row,
      lastImport:
        importId && importedAt
          ? { id: encodeId(idPrefixes.import, importId), finishedAt: importedAt.toISOString() }
          : null,
      state: row.count === 0 ? 'empty' : at !== undefined && Date.parse(at) < since ? 'stale' : 'fresh',
    }
  })
  return { items, next: null }
}
