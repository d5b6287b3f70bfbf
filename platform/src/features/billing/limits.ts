import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import * as charges from './charge-store.ts'
import { openMissingCharges } from './charges.ts'
import { isPausing, plans, type PlanName } from './plans.ts'
import { takeBackEnded } from './take-backs.ts'
import * as store from './account-store.ts'

export interface Served {
  id: string
  name: string
}

/**
 * Which of the businesses that are served go on being served under a plan and which rest. What is asked for is kept
 * first; after it, who was served longest. The newest rest.
 */
export function divide(
  served: readonly Served[],
  plan: PlanName,
  kept: readonly string[] | null,
): { run: Served[]; rest: Served[] } {
  const limit = plans[plan].businesses ?? served.length
  const wanted = new Set(kept)
  const inOrder = [
    ...served.filter(({ id }) => wanted.has(id)),
    ...served.filter(({ id }) => !wanted.has(id)),
  ]
  const run = new Set(inOrder.slice(0, limit).map(({ id }) => id))
  return { run: served.filter(({ id }) => run.has(id)), rest: served.filter(({ id }) => !run.has(id)) }
}

/** Refuses to keep what is not there, and more than a plan serves. */
export async function requireKeepable(
  unit: UnitOfWork,
  plan: PlanName,
  keep: readonly string[] | undefined,
): Promise<void> {
  if (!keep) return
  const own = await store.listOwnBusinesses(unit.tx, keep)
  const strange = keep.findIndex((id) => !own.has(id))
  const limit = plans[plan].businesses
  const errors = [
    ...(strange < 0 ? [] : [{ pointer: `/keep/${strange}`, detail: 'is no business of yours' }]),
    ...(limit === null || own.size <= limit
      ? []
      : [{ pointer: '/keep', detail: `names ${own.size} businesses, and this plan serves ${limit}` }]),
  ]
  if (errors.length > 0) throw new ProblemError('invalid-request', { errors })
}

/** Puts businesses to rest or wakes them, as the plan of the account says. Nothing is deleted; what rests is not charged. */
export async function applyLimits(unit: UnitOfWork, account: store.Account, now: Date): Promise<void> {
  if (!account.plan) return
  const served = await store.listServedBusinesses(unit.tx)
  const { rest } = divide(served, account.plan, account.kept_businesses)
  const resting = new Set((await store.listResting(unit.tx)).map((row) => row.business_id))
  const toRest = rest.filter(({ id }) => !resting.has(id)).map(({ id }) => id)
  const stays = new Set(rest.map(({ id }) => id))
  const toWake = [...resting].filter((id) => !stays.has(id))
  if (toRest.length + toWake.length === 0) return
  await store.insertResting(unit.tx, unit.actor.organisation, toRest, now)
  await store.deleteResting(unit.tx, toWake)
  if (toRest.length > 0) {
    const ids = await charges.listSubscriptionsOf(unit.tx, toRest)
    await charges.endCharges(unit.tx, ids, now, 'resting')
    await takeBackEnded(unit, ids, now, 'resting')
  }
  if (!isPausing(account.state)) await openMissingCharges(unit, now)
  const named = (ids: readonly string[]) => ids.map((id) => encodeId(idPrefixes.business, id))
  await audit(unit, 'businesses.rest', { resting: named(toRest), woken: named(toWake) })
  if (toWake.length > 0) unit.emit('billing.resumed', {})
}

/** Refuses to serve one business more than the plan does. */
export async function requireRoomFor(
  unit: UnitOfWork,
  account: store.Account,
  business: string,
): Promise<void> {
  if (isPausing(account.state))
    throw new ProblemError('conflict', {
      detail:
        account.state === 'paused'
          ? 'Your services are paused until the open invoice is paid: pay it under Billing.'
          : 'You are on no plan: choose one under Billing first.',
    })
  if (account.state === 'trialing' || !account.plan) return
  const limit = plans[account.plan].businesses
  if (limit === null) return
  const resting = new Set((await store.listResting(unit.tx)).map((row) => row.business_id))
  if (resting.has(business))
    throw new ProblemError('conflict', {
      detail: 'This business rests under your plan: choose a larger plan, or another business to rest.',
    })
  const running = (await store.listServedBusinesses(unit.tx)).filter(({ id }) => !resting.has(id))
  if (running.length <= limit) return
  throw new ProblemError('conflict', {
    detail: `Your plan serves ${limit} businesses: choose a larger plan, or let one of them rest.`,
  })
}
