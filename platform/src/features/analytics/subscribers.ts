import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, encodeCursor, type PageQuery } from '../../http/pagination.ts'
import { listOwnReleases, requireOwnService } from '../releases/index.ts'
import { numberOf, rowOf } from '../subscriptions/index.ts'
import { releaseUuid } from './own-releases.ts'
import { SubscriberId, type Subscriber, type Subscribers } from './schemas.ts'
import * as store from './subscriber-store.ts'
import { leastSubscribers, toldParts } from './told.ts'

export const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)

function activityOf(row: store.SubscriberRow): z.infer<typeof Subscriber>['activity'] {
  if (row.ranLately) return 'ran-lately'
  return row.everRan ? 'ran-before' : 'not-yet'
}

/**
 * Who subscribes to a service of the provider's own, by number. Below five active ones it tells nothing;
 * a release or a price is told only where five share it, so that no row can be laid beside a line of the log.
 */
export async function listSubscribers(
  unit: UnitOfWork,
  deps: Deps,
  service: string,
  query: PageQuery,
): Promise<z.infer<typeof Subscribers>> {
  requireOrganisationKind(unit.actor, 'provider')
  const { organisation } = unit.actor
  const { id } = await requireOwnService(unit, service)
  const active = await store.countActive(unit.tx, id)
  if (sumOf(active) < leastSubscribers) return { items: [], next: null, isWithheld: true }
  const releases = toldParts(active)
  const deals = toldParts(await store.countPrices(unit.tx, id))
  const versions = new Map(
    (await listOwnReleases(unit, service)).map((release) => [releaseUuid(release.id), release.version]),
  )
  const place = decodeCursor(query.cursor, z.tuple([z.iso.date(), SubscriberId]))
  const rows = await store.listSubscribers(unit.tx, id, {
    after: place && [place[0], rowOf(deps.keyring, 'subscriber', organisation, place[1])],
    limit: query.limit,
  })
  const items = rows.slice(0, query.limit).map((row) => ({
    id: numberOf(deps.keyring, 'subscriber', organisation, row.id),
    state: row.state,
    since: row.since,
    until: row.until,
    version: row.state === 'active' && releases.has(row.release) ? (versions.get(row.release) ?? null) : null,
    price:
      row.state === 'active' && releases.has(row.release) && deals.has(row.deal)
        ? (row.price as z.infer<typeof Subscriber>['price'])
        : null,
    activity: activityOf(row),
  }))
  const last = items.at(-1)
  const hasMore = rows.length > query.limit && last !== undefined
  return { items, next: hasMore ? encodeCursor([last.since, last.id]) : null, isWithheld: false }
}
