import { canMove, compareConsent, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireCertified } from './certificate.ts'
import { basisOf } from './changes.ts'
import { requireNotHeld } from './hold.ts'
import { requireProvider, requireRelease, requireService, showRelease } from './release.ts'
import type { Publication, Release, ReleaseChange } from './schemas.ts'
import * as services from './service-store.ts'
import * as store from './store.ts'

/** How long subscribers know before a deprecated release stops: at least. */
export const noticeDays = 30
const dayMs = 86_400_000

const idsOf = (row: store.ReleaseRow) => ({
  release: encodeId(idPrefixes.release, row.id),
  service: encodeId(idPrefixes.service, row.service_id),
})

/** Offers a release to everybody. */
export async function publish(unit: UnitOfWork, row: store.ReleaseRow): Promise<store.ReleaseRow> {
  await requireCertified(unit, row)
  const published = await store.updateRelease(unit.tx, row.id, {
    state: 'published',
    notice: null,
    endsAt: null,
    suspendedBy: null,
    ...(row.published_at ? {} : { publishedAt: new Date() }),
  })
  const ids = idsOf(row)
  await audit(unit, 'release.publish', { release: ids.release })
  unit.emit('release.published', { ...ids, version: row.version })
  return published
}

type CanaryOf = Extract<Publication, { kind: 'canary' }>

/** Runs a release for the test operators, and with a canary for a share of the subscriptions. */
async function stage(unit: UnitOfWork, row: store.ReleaseRow, canary?: Omit<CanaryOf, 'kind'>) {
  await requireCertified(unit, row)
  const staged = await store.updateRelease(unit.tx, row.id, {
    state: 'staged',
    notice: null,
    suspendedBy: null,
    ...(row.staged_at ? {} : { stagedAt: new Date() }),
  })
  const told = canary ? { percent: canary.percent, hours: canary.hours } : null
  await audit(unit, 'release.stage', { release: idsOf(row).release, canary: told })
  unit.emit('release.staged', { ...idsOf(row), version: row.version, canary: told })
  return staged
}

/** Why a release cannot go to a share of the subscriptions first; nothing when it can. */
async function objectionToCanary(unit: UnitOfWork, row: store.ReleaseRow): Promise<string | undefined> {
  if (row.version.includes('-')) return 'A pre-release takes nobody’s subscription; stage it.'
  const before = basisOf(await store.listReleases(unit.tx, row.service_id), row)
  if (before?.state !== 'published')
    return 'There is no published release before it to compare it with; publish it, or stage it.'
  const { reasons } = compareConsent(before.manifest, row.manifest)
  if (reasons.length === 0) return undefined
  const more = reasons.map(({ detail }) => detail).join('; ')
  return `It asks for more than ${before.version} (${more}), so each subscriber has to agree; publish it, or stage it.`
}

/**
 * Does with a certified release what its provider chose when submitting it. What cannot be done then leaves it
 * certified, and its provider is told why.
 */
export async function publishAsChosen(unit: UnitOfWork, row: store.ReleaseRow): Promise<void> {
  const { publication: chosen } = row
  const service = await services.lockService(unit.tx, row.service_id)
  const objection = service?.suspended_at
    ? 'The platform suspended the service.'
    : chosen.kind === 'canary'
      ? await objectionToCanary(unit, row)
      : undefined
  if (chosen.kind === 'hold' || objection) {
    unit.emit('release.held', { ...idsOf(row), version: row.version, reason: objection ?? null })
    return
  }
  if (chosen.kind === 'all') await publish(unit, row)
  else await stage(unit, row, chosen.kind === 'canary' ? chosen : undefined)
}

type Change = z.infer<typeof ReleaseChange>

/** Stages, publishes, deprecates, suspends or withdraws. What it does to subscribers is theirs to read in the notice. */
export async function changeRelease(
  unit: UnitOfWork,
  service: string,
  id: string,
  change: Change,
): Promise<z.infer<typeof Release>> {
  requireProvider(unit)
  const isOffer = change.state !== 'suspended' && change.state !== 'withdrawn'
  if (isOffer) await requireNotHeld(unit, (await requireService(unit, service)).id)
  const row = await requireRelease(unit, service, id, true)
  requireMove(row, change)
  return showRelease(unit, await move(unit, row, change))
}

function requireMove(row: store.ReleaseRow, { state }: Change): void {
  const refuse = (detail: string): never => {
    throw new ProblemError('conflict', { detail })
  }
  if (!canMove('release', row.state, state)) refuse(`A release that is ${row.state} cannot become ${state}.`)
  if (state === 'certified' && row.state !== 'staged')
    refuse(
      'Its checks and its certifiers alone certify a release; only one that is staged is taken back to that.',
    )
  if (row.state !== 'suspended' || state === 'withdrawn') return
  if (row.suspended_by === 'platform')
    refuse('The platform suspended this release; only the platform can restore it.')
  if (row.suspended_by === 'canary')
    refuse('Its canary went back because it did worse. Mend it and submit it under a higher version.')
  if (state === 'deprecated') refuse('Publish it again first; then it can be deprecated.')
  if (state === 'staged' && row.published_at) refuse('It was offered to everybody before; publish it again.')
}

async function move(unit: UnitOfWork, row: store.ReleaseRow, change: Change): Promise<store.ReleaseRow> {
  const { state, notice = null } = change
  if (state === 'published') return publish(unit, row)
  if (state === 'staged') {
    const objection = change.canary && (await objectionToCanary(unit, row))
    if (objection) throw new ProblemError('conflict', { detail: objection })
    return stage(unit, row, change.canary)
  }
  const changed = await store.updateRelease(unit.tx, row.id, {
    state,
    notice,
    endsAt: state === 'deprecated' ? endOf(change) : null,
    suspendedBy: state === 'suspended' ? 'provider' : null,
    heldState: null,
  })
  const ids = idsOf(row)
  const end = changed.ends_at ? { endsAt: changed.ends_at.toISOString() } : {}
  await audit(unit, `release.${verbs[state]}`, { release: ids.release, ...end })
  unit.emit('release.changed', { ...ids, state })
  return changed
}

/** When a release that is deprecated now stops: never before its subscribers had their notice. */
function endOf({ endsAt }: Change): Date {
  const soonest = new Date(Date.now() + noticeDays * dayMs)
  if (endsAt === undefined) return soonest
  const asked = new Date(endsAt)
  if (asked >= soonest) return asked
  throw new ProblemError('invalid-request', {
    detail: `Subscribers get ${noticeDays} days’ notice.`,
    errors: [{ pointer: '/endsAt', detail: `is too soon: give ${soonest.toISOString()} or later` }],
  })
}

const verbs = {
  certified: 'unstage',
  deprecated: 'deprecate',
  suspended: 'suspend',
  withdrawn: 'withdraw',
} as const

/** Offers to everybody what ran for some so far (by UUID). False when it is staged no more. */
export async function publishStaged(unit: UnitOfWork, id: string): Promise<boolean> {
  const row = await store.lockRelease(unit.tx, id)
  if (row?.state !== 'staged') return false
  await publish(unit, row)
  return true
}

/** Suspends what ran for some (by UUID) because it did worse. Nothing when it is staged no more. */
export async function revertStaged(
  unit: UnitOfWork,
  id: string,
  notice: string,
): Promise<{ release: string; service: string; version: string } | undefined> {
  const row = await store.lockRelease(unit.tx, id)
  if (row?.state !== 'staged') return undefined
  await store.updateRelease(unit.tx, id, { state: 'suspended', suspendedBy: 'canary', notice })
  unit.emit('release.changed', { ...idsOf(row), state: 'suspended', by: 'canary' })
  return { ...idsOf(row), version: row.version }
}
