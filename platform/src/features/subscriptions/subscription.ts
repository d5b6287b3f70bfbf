import { compareConsent, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { describeReleases, type PublishedRelease } from '../releases/index.ts'
import type { Subscription } from './schemas.ts'
import * as store from './store.ts'

/** A subscription by its UUID. Refuses with not-found what is not there or not yours. */
export async function requireSubscription(
  unit: UnitOfWork,
  id: string,
  lock = false,
): Promise<store.SubscriptionRow> {
  const row = await (lock ? store.lockSubscription(unit.tx, id) : store.findSubscription(unit.tx, id))
  if (!row)
    throw new ProblemError('not-found', { detail: 'There is no such subscription in your organisation.' })
  return row
}

/** How events and the audit log name a subscription. */
export function idsOf(row: Pick<store.SubscriptionRow, 'id' | 'business_id'>) {
  return {
    subscription: encodeId(idPrefixes.subscription, row.id),
    business: encodeId(idPrefixes.business, row.business_id),
  }
}

/** Subscriptions by their UUIDs; what is not there is left out. */
export async function findSubscriptions(
  unit: UnitOfWork,
  ids: readonly string[],
): Promise<Map<string, store.SubscriptionRow>> {
  const rows = await store.findSubscriptions(unit.tx, ids)
  return new Map(rows.map((row) => [row.id, row]))
}

/** The active subscriptions of a business (UUID). */
export async function listActiveSubscriptions(
  unit: UnitOfWork,
  business: string,
): Promise<store.SubscriptionRow[]> {
  return store.listActive(unit.tx, business)
}

/** Subscriptions as the API shows them. */
export async function toSubscriptions(
  deps: Pick<Deps, 'directory'>,
  rows: readonly store.SubscriptionRow[],
): Promise<z.infer<typeof Subscription>[]> {
  const ids = rows.flatMap((row) => [
    row.release_id,
    ...(row.waiting_release_id ? [row.waiting_release_id] : []),
  ])
  const releases = await describeReleases(deps, ids)
  return rows.flatMap((row) => {
    const release = releases.get(row.release_id)
    return release ? [toSubscription(row, release, releases.get(row.waiting_release_id ?? ''))] : []
  })
}

function toSubscription(
  row: store.SubscriptionRow,
  release: PublishedRelease,
  waiting: PublishedRelease | undefined,
): z.infer<typeof Subscription> {
  return {
    id: encodeId(idPrefixes.subscription, row.id),
    business: encodeId(idPrefixes.business, row.business_id),
    service: {
      id: encodeId(idPrefixes.service, row.service_id),
      service: release.slug,
      name: release.manifest.name,
      publisher: release.publisher,
    },
    release: encodeId(idPrefixes.release, row.release_id),
    version: release.version,
    grant: encodeId(idPrefixes.grant, row.grant_id),
    state: row.state,
    settings: row.settings as z.infer<typeof Subscription>['settings'],
    price: row.price,
    runs: { schedule: row.schedule.schedule ?? null, on: row.schedule.on ?? [] },
    readAllowanceRows: row.read_allowance_rows,
    // What nobody can agree to any more waits for nobody.
    waiting:
      waiting?.state === 'published'
        ? {
            release: encodeId(idPrefixes.release, waiting.id),
            version: waiting.version,
            reasons: compareConsent(release.manifest, waiting.manifest).reasons.map(({ detail }) => detail),
            since: waiting.publishedAt.toISOString(),
          }
        : null,
    releaseState: release.state,
    endsAt: release.state === 'deprecated' ? (release.endsAt?.toISOString() ?? null) : null,
    notice: release.notice,
    returned: row.returned,
    endedBecause: row.ended_because,
    trialEndsAt: row.trial_ends_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    pausedAt: row.paused_at?.toISOString() ?? null,
    cancelledAt: row.cancelled_at?.toISOString() ?? null,
  }
}
