import { countedFailures, encodeId, idPrefixes, type ExecutionOutcome } from '@bizq/sdk/contract'
import { releaseDigest } from '@bizq/sdk/contract/host'
import type { SandboxResult } from '@bizq/sandbox'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { isStopped } from '../identity/index.ts'
import { enqueue } from '../../jobs/define.ts'
import { loadBundle, requirePublished } from '../releases/index.ts'
import {
  materialise,
  openGrantById,
  recordDisclosure,
  requireAllowance,
  requireSubscription,
  type OpenGrant,
} from '../subscriptions/index.ts'
import { findClosed } from './closed.ts'
import { eventOf } from './events.ts'
import { findHeldBack, heldMs } from './held.ts'
import { runRemoteJob } from './jobs.ts'
import { inputText, keptUntil, openInput, scaleSettings, sealInput } from './input.ts'
import { judge } from './judge.ts'
import { overdue, runRemote } from './remote.ts'
import { limitsTold, requestOf } from './request.ts'
import { circuitRestMs, settle, type Ending } from './settle.ts'
import * as releases from './release-store.ts'
import * as inputs from './input-store.ts'
import * as schedules from './schedule-store.ts'
import * as store from './store.ts'
import { stoppedReason, waitFor } from './wait.ts'

export interface RunPayload {
  organisation: string
  execution: string
}

export interface RunOptions {
  /** A job that the queue hands out again. */
  isHandedOutAgain?: boolean
  /** Whether this may wait for a provider's own server: else that is left to a job of its own. */
  mayCallOut?: boolean
}

/** An execution that this process runs now. */
export interface Claimed {
  row: store.ExecutionRow
  grant: OpenGrant
  business: BusinessRow
  now: Date
  /** It waits for an output that its provider promised and did not give in time. */
  isOverdue?: boolean
}

/** A claim that is older than this was left by a process that died: nothing runs so long. */
const staleMs = 2 * 60_000
/** What ended the process that ran it so often ends with it. */
const mostLosses = 4

/** The claim is not this process's any more: it was called off, or another process took it over. */
export class ClaimLost extends Error {}

/**
 * Runs one execution: claim, materialise, sandbox, settle. Run twice, it settles once. A job that the queue
 * hands out again belonged to a process that died or gave up, and takes its claim over at once.
 */
export async function runExecution(deps: Deps, payload: RunPayload, options: RunOptions = {}): Promise<void> {
  const actor = systemActor(payload.organisation)
  const claimed = await withUnitOfWork(deps, actor, (unit) => claim(deps, unit, payload.execution, options))
  if (!claimed) return
  let ending: Ending | undefined
  try {
    ending = await runAnywhere(deps, claimed, (work) => withUnitOfWork(deps, actor, work))
  } catch (error) {
    if (error instanceof ClaimLost) return
    throw error
  }
  if (!ending) return
  const { outcome } = ending
  await withUnitOfWork(deps, actor, (unit) => settle(deps, unit, claimed, ending))
  deps.metrics.executions.inc({ outcome })
}

/** In the sandbox, or on the provider's own server; nothing when the output is to come later. */
function runAnywhere(deps: Deps, claimed: Claimed, inUnit: InUnit): Promise<Ending | undefined> {
  if (claimed.isOverdue) return Promise.resolve(overdue(claimed))
  const { kind } = claimed.grant.release.manifest.runtime
  return kind === 'remote' ? runRemote(deps, claimed, inUnit) : runClaimed(deps, claimed, inUnit)
}

async function claim(
  deps: Deps,
  unit: UnitOfWork,
  id: string,
  { isHandedOutAgain = false, mayCallOut = false }: RunOptions,
): Promise<Claimed | undefined> {
  const row = await store.lockExecution(unit.tx, id)
  if (row?.state === 'running' && row.answer_due_at) return claimOverdue(deps, unit, row)
  const isLeft = row?.state === 'running' && (isHandedOutAgain || isStale(row))
  const isOpen = row && (row.state === 'queued' || row.state === 'waiting' || isLeft)
  if (!isOpen || (row.next_attempt_at && row.next_attempt_at.getTime() > Date.now() + 1_000)) return undefined
  if (isLeft && row.losses >= mostLosses) {
    await giveUp(unit, row, {
      state: 'failed',
      outcome: 'crashed',
      reason: 'Every process that ran it ended.',
    })
    return undefined
  }
  const subscription = await requireSubscription(unit, row.subscription_id)
  if (subscription.state !== 'active') {
    await giveUp(unit, row, { state: 'cancelled', reason: `The subscription is ${subscription.state}.` })
    return undefined
  }
  if (await isStopped(unit)) {
    await waitFor(unit, row, { reason: stoppedReason, untilMs: 5 * 60_000 })
    return undefined
  }
  const held = (await findHeldBack(unit, [subscription])).get(subscription.id)
  if (held !== undefined) {
    await waitFor(unit, row, { reason: held, untilMs: heldMs })
    return undefined
  }
  // An upgrade between queueing and claiming counts; one between two attempts does not: a retry is the same execution.
  const bound = row.input_digest
    ? { release_id: row.release_id, grant_id: row.grant_id }
    : { release_id: subscription.release_id, grant_id: subscription.grant_id }
  const closed = (await findClosed(deps, [bound.release_id])).get(bound.release_id)
  if (closed !== undefined) {
    await giveUp(unit, row, { state: 'cancelled', reason: closed })
    return undefined
  }
  if (!mayCallOut && (await isRemote(deps, bound.release_id))) {
    await enqueue(unit, runRemoteJob, { organisation: unit.actor.organisation, execution: id })
    return undefined
  }
  const restsUntil = await releases.passCircuit(unit.tx, bound.release_id, circuitRestMs)
  if (restsUntil) {
    await waitFor(unit, row, {
      reason: 'The release failed too often and is resting.',
      untilMs: restsUntil.getTime() - Date.now(),
    })
    return undefined
  }
  const now = (row.input_digest && row.frozen_at) || new Date()
  const running = await store.updateExecution(unit.tx, row.id, {
    ...bound,
    state: 'running',
    attempts: row.attempts + 1,
    losses: row.losses + (isLeft ? 1 : 0),
    started_at: new Date(),
    frozen_at: now,
    next_attempt_at: null,
    answer_due_at: null,
    reason: null,
  })
  unit.emit('execution.started', eventOf(running))
  return { ...(await openClaim(deps, unit, running)), now }
}

/** Of an execution whose output was promised: nothing while there is time. */
async function claimOverdue(
  deps: Deps,
  unit: UnitOfWork,
  row: store.ExecutionRow,
): Promise<Claimed | undefined> {
  if (row.answer_due_at && row.answer_due_at.getTime() > Date.now()) return undefined
  return { ...(await openClaim(deps, unit, row)), isOverdue: true }
}

/** An execution that is running, with its grant and business as they stand. */
export async function openClaim(deps: Deps, unit: UnitOfWork, row: store.ExecutionRow): Promise<Claimed> {
  const grant = await openGrantById(unit, deps, encodeId(idPrefixes.grant, row.grant_id))
  const business = await requireBusinessRow(unit, row.business_id)
  return { row, grant, business, now: row.frozen_at ?? new Date() }
}

async function isRemote(deps: Deps, release: string): Promise<boolean> {
  return (await requirePublished(deps, release)).manifest.runtime.kind === 'remote'
}

/** Ends an execution without anything having come of it. */
export async function giveUp(
  unit: UnitOfWork,
  row: store.ExecutionRow,
  end: Pick<Partial<store.ExecutionRow>, 'state' | 'outcome' | 'reason'>,
): Promise<void> {
  const ended = await store.updateExecution(unit.tx, row.id, { ...end, finished_at: new Date() })
  await audit(unit, 'execution.finish', {
    execution: executionId(row),
    outcome: ended.outcome,
    state: ended.state,
  })
  unit.emit('execution.finished', { ...eventOf(ended), actions: 0, dropped: 0 })
}

function isStale(row: store.ExecutionRow): boolean {
  return row.started_at === null || Date.now() - row.started_at.getTime() > staleMs
}

export type InUnit = <T>(work: (unit: UnitOfWork) => Promise<T>) => Promise<T>

/** Everything between the claim and the settling: outside of any transaction but for keeping the input. */
export async function runClaimed(deps: Deps, claimed: Claimed, inUnit: InUnit): Promise<Ending> {
  const startedAt = new Date()
  let input: string
  try {
    input = await requireInput(deps, claimed, inUnit)
  } catch (error) {
    return refusalOf(error, startedAt)
  }
  const bundle = await findSoundBundle(deps, claimed.grant.release)
  if (bundle === undefined) return brokenBundle(startedAt)
  return runSandboxed(deps, claimed, { input, bundle, startedAt })
}

const closed = 'The sandbox is closed'

/** What comes of a bundle on its input. That the sandbox cannot run it is an ending too, which no release is blamed for. */
export async function runSandboxed(
  deps: Deps,
  claimed: Claimed,
  { input, bundle, startedAt }: { input: string; bundle: string; startedAt: Date },
): Promise<Ending> {
  let result: SandboxResult
  try {
    result = await deps.sandbox.run(requestOf(claimed, input, bundle))
  } catch (error) {
    if (error instanceof Error && error.message === closed) throw error
    deps.log.error(
      { err: error, execution: executionId(claimed.row) },
      'the sandbox could not run an execution',
    )
    return { outcome: 'crashed', reason: 'The sandbox could not run it.', startedAt, result: null }
  }
  return judge(claimed, input, result, startedAt)
}

/** The bundle of a release; nothing when what is stored is not what the release's digest names. */
export async function findSoundBundle(
  deps: Deps,
  release: OpenGrant['release'],
): Promise<string | undefined> {
  const bundle = (await loadBundle(deps, release.id)).toString()
  return releaseDigest(release.manifest, bundle) === release.digest ? bundle : undefined
}

export function brokenBundle(startedAt: Date): Ending {
  return {
    outcome: 'crashed',
    reason: 'The stored bundle is not the one of the release’s digest.',
    startedAt,
    result: null,
  }
}

/** The input as it was kept at the first claim, or read now, recorded and kept before anything is run on it. */
export async function requireInput(deps: Deps, claimed: Claimed, inUnit: InUnit): Promise<string> {
  const { row, grant, now } = claimed
  const digest = row.input_digest
  if (digest) {
    const content = await inUnit((unit) => inputs.findInput(unit.tx, row.subscription_id, digest))
    const kept = content && (await openInput(deps.keyring, content, digest))
    if (kept === undefined)
      throw new ProblemError('conflict', { detail: 'The input that was kept for this execution is gone.' })
    return kept
  }
  const read = await materialise(deps, grant, now)
  const [settings, state] = await inUnit(async (unit) => [
    (await requireSubscription(unit, row.subscription_id)).settings,
    await schedules.findKeptState(unit.tx, row.subscription_id),
  ])
  const scaled = scaleSettings(settings, grant.factor) as Record<string, unknown>
  const text = inputText(read.data, scaled, state)
  const sealed = await sealInput(deps.keyring, text)
  claimed.row = await inUnit(async (unit) => {
    await requireAllowance(unit, row.subscription_id, read.rows)
    const stands = await store.lockExecution(unit.tx, row.id)
    if (stands?.state !== 'running' || stands.attempts !== row.attempts) throw new ClaimLost()
    await recordDisclosure(unit, grant, row.id, read)
    await inputs.saveInput(unit.tx, unit.actor.organisation, {
      subscription: row.subscription_id,
      ...sealed,
      expiresAt: keptUntil(now),
    })
    return store.updateExecution(unit.tx, row.id, {
      input_digest: sealed.digest,
      input_rows: Object.fromEntries(read.datasets.map(({ dataset, rows }) => [dataset, rows])),
      input_bytes: sealed.bytes,
      settings: scaled,
      state_before: state,
      limits: limitsTold(grant),
    })
  })
  return text
}

/** A refused read is an outcome: too large, over the allowance, or closed by the operator. */
export function refusalOf(error: unknown, startedAt: Date): Ending {
  if (!(error instanceof ProblemError)) throw error
  const outcome: ExecutionOutcome =
    error.slug === 'window-too-large' || error.slug === 'read-allowance-reached' ? error.slug : 'cannot-serve'
  const retryAt = error.details.extra?.['retryAt']
  return {
    outcome,
    reason: error.message,
    startedAt,
    result: null,
    ...(typeof retryAt === 'string' ? { retryAt: new Date(retryAt) } : {}),
  }
}

export const isCounted = (outcome: ExecutionOutcome): boolean => countedFailures.has(outcome)
export const executionId = (row: Pick<store.ExecutionRow, 'id'>): string =>
  encodeId(idPrefixes.execution, row.id)
