import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { listRests } from './release-store.ts'

/** Of these releases (UUIDs), until when those rest that failed too often in a row. */
export async function listRestingReleases(
  unit: UnitOfWork,
  releases: readonly string[],
): Promise<Map<string, Date>> {
  return new Map((await listRests(unit.tx, releases)).map((row) => [row.release_id, row.opened_until]))
}
