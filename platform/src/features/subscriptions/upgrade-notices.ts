import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { findBusinessRows } from '../businesses/index.ts'
import { describeReleases, type PublishedRelease } from '../releases/index.ts'
import * as store from './store.ts'

/** What became of the release of a subscription without its operator's doing. Ids are UUIDs. */
export interface ReleaseNotice {
  at: Date
  subscription: string
  business: { id: string; name: string }
  service: { id: string; name: string }
  what: 'ends' | 'suspended' | 'withdrawn' | 'returned' | 'ended'
  version: string
  /** When it stops, of `ends`. */
  endsAt: Date | null
  /** Why, in words for the operator. */
  words: string | null
}

type What = Pick<ReleaseNotice, 'what' | 'at' | 'version' | 'endsAt' | 'words'>

/** What operators are to be told of the releases of their subscriptions, at most `most`. */
export async function listReleaseNotices(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  most: number,
): Promise<ReleaseNotice[]> {
  const rows = await store.listConcerned(unit.tx, most)
  const releases = await describeReleases(
    deps,
    rows.map((row) => row.release_id),
  )
  const businesses = await findBusinessRows(
    unit,
    rows.map((row) => row.business_id),
  )
  return rows.flatMap((row) => {
    const [release, business] = [releases.get(row.release_id), businesses.get(row.business_id)]
    const what = release && whatOf(row, release)
    if (!what || !business) return []
    return {
      ...what,
      subscription: row.id,
      business: { id: business.id, name: business.name },
      service: { id: row.service_id, name: release.manifest.name },
    }
  })
}

function whatOf(row: store.SubscriptionRow, release: PublishedRelease): What | undefined {
  const { version, notice, endsAt, state } = release
  if (row.cancelled_at)
    return row.ended_because === null
      ? undefined
      : { what: 'ended', at: row.cancelled_at, version, endsAt: null, words: row.ended_because }
  const at = row.told_at ?? row.created_at
  if (state === 'deprecated') return { what: 'ends', at, version, endsAt, words: notice }
  if (state === 'suspended' || state === 'withdrawn')
    return { what: state, at, version, endsAt: null, words: notice }
  if (!row.returned) return undefined
  const { reason, ...returned } = row.returned
  return {
    what: 'returned',
    at: new Date(returned.at),
    version: returned.version,
    endsAt: null,
    words: reason,
  }
}
