import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { findKeptState, saveKeptState } from '../executions/index.ts'
import {
  findStagedRelease,
  isTestOperator,
  listTestOperators,
  requirePublished,
  type PublishedRelease,
} from '../releases/index.ts'
import {
  endWithRelease,
  listSubscribed,
  returnSubscription,
  upgradeSubscription,
} from '../subscriptions/index.ts'
import { inWords } from './judge.ts'
import * as places from './place-store.ts'
import { shareOf } from './share.ts'
import * as store from './store.ts'

type Candidate = Awaited<ReturnType<typeof listSubscribed>>[number]

/**
 * Takes to a staged release whom it is for: its test operators, and a canary's share, which is drawn when it
 * begins and not again. Each in a unit of its own; may be run again.
 */
export async function takeSubscriptions(
  deps: Deps,
  release: string,
  { onlyTesters = false } = {},
): Promise<void> {
  const next = await requirePublished(deps, release)
  if (next.state !== 'staged') return
  const candidates = await listSubscribed(deps.directory, { service: next.service })
  const testers = new Set(await listTestOperators(deps, next.service))
  const share = onlyTesters ? new Set() : await canaryShare(deps, next, candidates, testers)
  await eachOf(deps, candidates, async (row) => {
    const isTester = testers.has(row.organisation_id)
    if (row.release_id === next.id || !(isTester || share.has(row.subscriber_id))) return
    await withUnitOfWork(deps, systemActor(row.organisation_id), (unit) =>
      take(unit, deps, row.id, next, isTester ? 'test' : 'canary'),
    )
  })
}

/** One that fails holds up no other; the job is tried again for it. */
async function eachOf<T>(deps: Deps, rows: readonly T[], work: (row: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = []
  for (const row of rows) {
    await work(row).catch((error: unknown) => {
      deps.log.error({ err: error }, 'a subscription could not be taken to a release or back')
      errors.push(error)
    })
  }
  if (errors.length > 0) throw errors[0]
}

async function canaryShare(
  deps: Deps,
  next: PublishedRelease,
  candidates: readonly Candidate[],
  testers: ReadonlySet<string>,
): Promise<Set<string>> {
  const rollout = await withUnitOfWork(deps, systemActor(next.provider, 'provider'), (unit) =>
    store.findRollout(unit.tx, next.id),
  )
  if (rollout?.state !== 'running') return new Set()
  const eligible = candidates.filter((row) => row.state === 'active' && !testers.has(row.organisation_id))
  return shareOf(
    eligible.map((row) => row.subscriber_id),
    next.id,
    rollout.percent,
  )
}

/** One that the release asks more of stays where it is: it is asked when everybody is. */
async function take(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  next: PublishedRelease,
  kind: 'canary' | 'test',
): Promise<void> {
  const upgrade = await upgradeSubscription(unit, deps, id, next, { mayWait: false })
  if (upgrade.outcome !== 'upgraded') return
  const { before } = upgrade
  await places.savePlace(unit.tx, {
    organisation: unit.actor.organisation,
    subscription: id,
    release: next.id,
    provider: next.provider,
    kind,
    from: { release: before.release_id, grant: before.grant_id, settings: before.settings },
    keptState: await findKeptState(unit.tx, id),
  })
}

/** Whether subscriptions are to leave this release: it ran for some, and does so no more. What the platform holds may come back. */
function isOver({ isPublic, state, suspendedBy }: PublishedRelease): boolean {
  if (isPublic || suspendedBy === 'platform') return false
  return state === 'suspended' || state === 'withdrawn' || state === 'certified'
}

/** Takes every subscription of a release that ran for some back to where it was. Each in a unit of its own; may be run again. */
export async function returnSubscriptions(deps: Deps, release: string): Promise<void> {
  const left = await requirePublished(deps, release)
  if (!isOver(left)) return
  const reason = await reasonInWords(deps, left)
  await eachOf(deps, await listSubscribed(deps.directory, { release }), (row) =>
    withUnitOfWork(deps, systemActor(row.organisation_id), (unit) =>
      goBack(unit, deps, row.id, left, reason),
    ),
  )
}

/** Takes back what the job that was to do it left behind. */
export async function returnLeft(deps: Deps): Promise<void> {
  await eachOf(deps, await places.listLeft(deps.directory), async (row) => {
    const left = await requirePublished(deps, row.release_id)
    if (!isOver(left)) return
    const reason = await reasonInWords(deps, left)
    await withUnitOfWork(deps, systemActor(row.organisation_id), (unit) =>
      goBack(unit, deps, row.subscription_id, left, reason),
    )
  })
}

/** Follows who tests a service: takes in whom a code let in, and takes back whose code was taken back. */
export async function followTesters(deps: Deps, service: string): Promise<void> {
  await endTesting(deps, service)
  const staged = await findStagedRelease(deps, service)
  if (staged) await takeSubscriptions(deps, staged, { onlyTesters: true })
}

/** Takes the subscriptions of who is no test operator any more off the releases that run for those alone. */
async function endTesting(deps: Deps, service: string): Promise<void> {
  for (const row of await listSubscribed(deps.directory, { service })) {
    const release = await requirePublished(deps, row.release_id)
    if (release.state !== 'staged' || (await isTestOperator(deps, service, row.organisation_id))) continue
    await withUnitOfWork(deps, systemActor(row.organisation_id), async (unit) => {
      const place = await places.findPlace(unit.tx, row.id, release.id)
      if (place?.kind === 'canary') return
      await goBack(unit, deps, row.id, release, 'The provider ended your part in its tests.')
    })
  }
}

/** Back to where it was; one that began on this release has nowhere to go, and ends. */
async function goBack(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  left: PublishedRelease,
  reason: string,
): Promise<void> {
  const place = await places.findPlace(unit.tx, id, left.id)
  if (!place) {
    await endWithRelease(unit, id, { release: left.id, reason })
    return
  }
  const to = { release: place.from_release_id, grant: place.from_grant_id, settings: place.settings }
  const isBack = await returnSubscription(unit, deps, id, { from: left.id, to, reason })
  if (isBack) await saveKeptState(unit.tx, id, place.kept_state)
  await places.leavePlace(unit.tx, id, left.id)
}

async function reasonInWords(deps: Deps, left: PublishedRelease): Promise<string> {
  const rollout = await withUnitOfWork(deps, systemActor(left.provider, 'provider'), (unit) =>
    store.findRollout(unit.tx, left.id),
  )
  if (rollout?.state === 'reverted')
    return `Version ${left.version} did worse than the one before it: ${inWords(rollout.reasons).join(', and ')}.`
  const words = `${left.publisher} took version ${left.version} back.`
  return left.notice ? `${words} “${left.notice}”` : words
}
