import type { z } from '@hono/zod-openapi'
import { systemActor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireOwnService } from '../releases/index.ts'
import { executionUuid, openInput } from './input.ts'
import { judgeLater } from './remote.ts'
import { takeTrialOutput } from './remote-trial.ts'
import { signingKeysOf, type Generation } from './remote-signing.ts'
import { openClaim } from './run.ts'
import type { SigningKeys, TakenOutput } from './schemas.ts'
import { settle } from './settle.ts'
import * as inputs from './input-store.ts'
import * as remotes from './remote-store.ts'
import * as store from './store.ts'

/**
 * Takes the output that a provider promised, while its execution is open: checked and settled as one that
 * came at once. The platform settles it, for whom the provider acts.
 */
export async function takeOutput(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  body: string,
): Promise<z.infer<typeof TakenOutput>> {
  if (unit.actor.organisationKind === 'provider') return takeTrialOutput(unit, deps, id, body)
  const row = await store.lockExecution(unit.tx, executionUuid(id))
  if (!row || !unit.actor.grant || row.grant_id !== unit.actor.grant)
    throw new ProblemError('not-found', { detail: 'Your grant has no such execution.' })
  const isOver = row.answer_due_at !== null && row.answer_due_at.getTime() <= Date.now()
  if (row.state !== 'running' || !row.input_digest || isOver)
    throw new ProblemError('no-open-execution', { detail: 'The execution waits for no output.' })
  const content = await inputs.findInput(unit.tx, row.subscription_id, row.input_digest)
  const input = content && (await openInput(deps.keyring, content, row.input_digest))
  if (input === undefined)
    throw new ProblemError('no-open-execution', { detail: 'No input of this execution is kept any more.' })
  const own: UnitOfWork = { ...unit, actor: systemActor(unit.actor.organisation) }
  const claimed = await openClaim(deps, own, row)
  const ending = judgeLater(claimed, input, body, row.started_at ?? new Date())
  await settle(deps, own, claimed, ending)
  unit.afterCommit(() => deps.metrics.executions.inc({ outcome: ending.outcome }))
  return { outcome: ending.outcome, problems: (ending.outputProblems ?? []).slice(0, 20) }
}

function toKeys(
  deps: Pick<Deps, 'keyring'>,
  service: string,
  generation: Generation | undefined,
): z.infer<typeof SigningKeys> {
  return {
    keys: signingKeysOf(deps.keyring, service, generation).map(({ until, ...key }) => ({
      ...key,
      until: until?.toISOString() ?? null,
    })),
  }
}

/** The keys that sign the platform's requests to a service's own server. */
export async function listSigningKeys(unit: UnitOfWork, deps: Deps, ref: string) {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'manager')
  const { id } = await requireOwnService(unit, ref)
  return toKeys(deps, id, await remotes.findOwnGeneration(unit.tx, id))
}

/** Puts new keys in place; those of before sign for a day longer. */
export async function rotateSigningKeys(unit: UnitOfWork, deps: Deps, ref: string) {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'owner')
  const { id, slug } = await requireOwnService(unit, ref)
  const generation = await remotes.raiseGeneration(unit.tx, unit.actor.organisation, id)
  await audit(unit, 'signing-keys.rotate', { service: slug, generation: generation.generation })
  return toKeys(deps, id, generation)
}
