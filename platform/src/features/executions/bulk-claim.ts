import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { findBusinessRows } from '../businesses/index.ts'
import { isStopped } from '../identity/index.ts'
import { findSubscriptions, openGrants } from '../subscriptions/index.ts'
import * as bulk from './bulk-store.ts'
import { eventOf } from './events.ts'
import { findHeldBack } from './held.ts'
import type { Claimed } from './run.ts'

/** A claimed execution with what its input needs besides the data. */
export interface BulkClaimed extends Claimed {
  settings: Record<string, unknown>
  state: Record<string, unknown> | null
}

/**
 * Claims the plain ones of these executions: queued for the first time, of an active subscription, of a release
 * that does not rest, while nothing is stopped. All others are left as they are, for `runExecution`.
 */
export async function claimPlain(
  deps: Deps,
  unit: UnitOfWork,
  ids: readonly string[],
): Promise<BulkClaimed[]> {
  const rows = await bulk.lockExecutions(unit.tx, ids)
  const fresh = rows.filter((row) => row.state === 'queued' && !row.input_digest && !row.next_attempt_at)
  if (fresh.length === 0 || (await isStopped(unit))) return []
  const subscriptions = await findSubscriptions(
    unit,
    fresh.map((row) => row.subscription_id),
  )
  const running = [...subscriptions.values()].filter(({ state }) => state === 'active')
  const held = await findHeldBack(unit, running)
  const active = running.filter(({ id }) => !held.has(id))
  const resting = await bulk.listResting(unit.tx, [...new Set(active.map((row) => row.release_id))])
  const businesses = await findBusinessRows(
    unit,
    active.map((row) => row.business_id),
  )
  const grants = await openGrants(
    unit,
    deps,
    active.map((row) => row.grant_id),
    businesses,
  )
  const states = await bulk.listKeptStates(
    unit.tx,
    active.map((row) => row.id),
  )
  const now = new Date()
  const claimed = fresh.flatMap((row) => {
    const subscription = subscriptions.get(row.subscription_id)
    if (subscription?.state !== 'active' || held.has(subscription.id) || resting.has(subscription.release_id))
      return []
    const [grant, business] = [grants.get(subscription.grant_id), businesses.get(row.business_id)]
    if (!grant || !business || grant.release.manifest.runtime.kind === 'remote') return []
    if (grant.release.state === 'suspended' || grant.release.state === 'withdrawn') return []
    const change = {
      release_id: grant.release.id,
      grant_id: grant.id,
      state: 'running' as const,
      attempts: row.attempts + 1,
      started_at: now,
      frozen_at: now,
      reason: null,
    }
    const state = states.get(row.subscription_id) ?? null
    return [
      { row: { ...row, ...change }, change, grant, business, now, settings: subscription.settings, state },
    ]
  })
  await bulk.updateExecutions(
    unit.tx,
    claimed.map(({ row, change }) => ({ id: row.id, change })),
  )
  for (const { row } of claimed) unit.emit('execution.started', eventOf(row))
  return claimed
}
