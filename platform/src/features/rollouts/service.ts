import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { publishStaged, requireOwnRelease, revertStaged } from '../releases/index.ts'
import { inWords, margins, worseningsOf } from './judge.ts'
import type { Rollout } from './schemas.ts'
import * as store from './store.ts'

/** A side with fewer subscribers is told to no provider, nor what is new of fewer. */
const fewestTold = 5

/**
 * Looks at every canary that runs: goes on, ends well, or goes back. Each in a unit of its own; one that cannot
 * be judged holds up no other. May be run again.
 */
export async function judgeRollouts(deps: Deps): Promise<void> {
  for (const { organisation_id: organisation, release_id: release } of await store.listRunning(
    deps.directory,
  )) {
    const actor = systemActor(organisation, 'provider')
    await withUnitOfWork(deps, actor, (unit) => judgeRollout(unit, release)).catch((error: unknown) => {
      deps.log.error({ err: error, release }, 'a canary could not be judged')
    })
  }
}

async function judgeRollout(unit: UnitOfWork, release: string): Promise<void> {
  const rollout = await store.lockRollout(unit.tx, release)
  if (rollout?.state !== 'running') return
  const measured = await store.measure(unit.tx, rollout)
  const isToldNow = measured.since.canary >= fewestTold && measured.since.stayed >= fewestTold
  if (isToldNow) {
    const { canary, stayed } = measured
    await store.tellFigures(unit.tx, release, { canary, stayed, at: new Date().toISOString() })
  }
  const worse = worseningsOf(measured.canary, measured.stayed)
  if (worse.length > 0) {
    const reasons = inWords(worse)
    const notice = `Its canary went back by itself: ${reasons.join(', and ')}.`
    const reverted = await revertStaged(unit, release, notice)
    if (!reverted) return
    await store.endRollout(unit.tx, release, 'reverted', worse)
    await audit(unit, 'release.revert', { release: reverted.release, worse })
    unit.emit('release.reverted', { ...reverted, worse, reasons })
  } else if (rollout.ends_at <= new Date()) {
    if (await publishStaged(unit, release)) await store.endRollout(unit.tx, release, 'finished')
  }
}

/** A canary as its provider sees it. */
export async function getRollout(
  unit: UnitOfWork,
  service: string,
  release: string,
): Promise<z.infer<typeof Rollout>> {
  requireOrganisationKind(unit.actor, 'provider')
  await requireOwnRelease(unit, service, release)
  const row = await store.findRollout(unit.tx, decodeId(idPrefixes.release, release))
  if (!row) throw new ProblemError('not-found', { detail: 'The release had no canary.' })
  return {
    release: encodeId(idPrefixes.release, row.release_id),
    percent: row.percent,
    state: row.state,
    startedAt: row.started_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    worse: row.reasons,
    reasons: inWords(row.reasons),
    figures: row.figures,
    margins,
  }
}
