import { randomUUIDv7 } from 'node:crypto'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { proposeAll } from '../actions/index.ts'
import { auditAll } from '../audit/index.ts'
import { loadCategoriesAcross } from '../data/index.ts'
import { resolvePseudonymsAcross } from '../subscriptions/index.ts'
import * as bulk from './bulk-store.ts'
import { eventOf } from './events.ts'
import type { Claimed } from './run.ts'
import {
  conclude,
  finishSubject,
  settledColumns,
  sourceOf,
  type Concluded,
  type Ending,
  type Said,
} from './settle.ts'
import * as releases from './release-store.ts'
import { namesIn, translateWith } from './translate.ts'

/** An execution that succeeded, with its receipt, before it is settled. */
export interface Success {
  claimed: Claimed
  concluded: Concluded
  output: NonNullable<Ending['output']>
}

/** Signs the receipt of a success; undefined for what is no success. */
export async function concludeSuccess(
  deps: Deps,
  claimed: Claimed,
  ending: Ending,
): Promise<Success | undefined> {
  if (ending.outcome !== 'succeeded' || !ending.output) return undefined
  return { claimed, concluded: await conclude(deps, claimed, ending), output: ending.output }
}

/** Writes down many successes, with all that follows, in one transaction: the same as `settle` for each. */
export async function settleSuccesses(unit: UnitOfWork, given: readonly Success[]): Promise<void> {
  const rows = await bulk.lockExecutions(
    unit.tx,
    given.map(({ claimed }) => claimed.row.id),
  )
  const standing = new Map(rows.map((row) => [row.id, row]))
  const ours = given.filter(({ claimed: { row } }) => {
    const stands = standing.get(row.id)
    return stands?.state === 'running' && stands.attempts === row.attempts
  })
  if (ours.length === 0) return
  for (const release of new Set(ours.map(({ claimed }) => claimed.grant.release.id)))
    await releases.closeCircuit(unit.tx, release)
  const lines = ours.map(() => randomUUIDv7())
  await bulk.tellProviders(
    unit.tx,
    ours.map(({ claimed: { row }, concluded: { ending }, output }, i) => ({
      row,
      line: lines[i] ?? '',
      proposals: output.value.proposals.length,
      wallMs: ending.result?.wallMs ?? 0,
      cpuMs: ending.result?.cpuMs ?? 0,
    })),
    unit.clock(),
  )
  const said = await believeAll(unit, ours)
  const changes = ours.map(({ claimed, concluded }, i) => ({
    id: claimed.row.id,
    change: settledColumns(concluded, said[i], lines[i] ?? null),
  }))
  await bulk.updateExecutions(unit.tx, changes)
  const finished = ours.map(({ claimed }, i) => ({ ...claimed.row, ...changes[i]?.change }))
  await auditAll(unit, 'execution.finish', finished.map(finishSubject))
  for (const row of finished)
    unit.emit('execution.finished', {
      ...eventOf(row),
      actions: row.action_count ?? 0,
      dropped: Array.isArray(row.dropped) ? row.dropped.length : 0,
    })
}

async function believeAll(unit: UnitOfWork, successes: readonly Success[]): Promise<Said[]> {
  const ids = await resolvePseudonymsAcross(
    unit,
    successes.map(({ claimed, output }) => ({ grant: claimed.grant, named: namesIn(output.value) })),
  )
  const categories = await loadCategoriesAcross(
    unit,
    successes.map(({ claimed }) => claimed.business.id),
  )
  const translated = successes.map(({ claimed, output }, i) =>
    translateWith(ids[i] ?? new Map(), claimed.grant, output.value),
  )
  const proposed = await proposeAll(
    unit,
    successes.map(({ claimed }, i) => ({
      source: sourceOf(claimed, categories.get(claimed.business.id) ?? []),
      proposals: translated[i]?.proposals ?? [],
    })),
  )
  await bulk.saveKeptStates(
    unit.tx,
    successes
      .filter(({ claimed }) => claimed.grant.release.manifest.state)
      .map(({ claimed, output }) => ({
        subscription: claimed.row.subscription_id,
        state: output.value.state,
      })),
  )
  return successes.map((_, i) => ({
    actions: proposed[i]?.actions ?? [],
    dropped: proposed[i]?.dropped ?? [],
    metrics: translated[i]?.metrics ?? {},
    recommendations: translated[i]?.recommendations ?? [],
  }))
}
