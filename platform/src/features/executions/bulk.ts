import { setTimeout as sleep } from 'node:timers/promises'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { isStopped } from '../identity/index.ts'
import { claimPlain, type BulkClaimed } from './bulk-claim.ts'
import { keepInputs, readInputs, type BulkRead } from './bulk-input.ts'
import { findClosed } from './closed.ts'
import { concludeSuccess, settleSuccesses, type Success } from './bulk-settle.ts'
import {
  brokenBundle,
  ClaimLost,
  findSoundBundle,
  isCounted,
  runClaimed,
  runExecution,
  runSandboxed,
  type InUnit,
  type RunPayload,
} from './run.ts'
import { circuitThreshold, settle, type Ending } from './settle.ts'
import * as store from './store.ts'
import { waitFor } from './wait.ts'

export interface BulkPayload extends RunPayload {
  /** As `runExecution` means it. */
  isHandedOutAgain?: boolean
}

const batchSize = 100
/** Fewer of one organisation are not worth a batch. */
const leastBatch = 4
/** While one batch is in the sandbox, the other reads and settles. */
const batchesAtOnce = 2
const aloneAtOnce = 8
/** Enough to keep every sandbox process busy: each batch waits with its others, so that they can still be called off. */
const runsAtOnce = 4
/** What a batch has not begun by then goes back to the queue: a claim must not grow stale behind slow neighbours. */
const longestMs = 30_000
const settleEveryMs = 250
const askEveryMs = 1_000

/**
 * Runs executions with every promise that `runExecution` gives for one: claimed, read, recorded and settled a hundred
 * at a time, each in an isolate of its own. What is out of the ordinary goes its own way: a retry, a refusal, a failure.
 */
export async function runExecutions(deps: Deps, payloads: readonly BulkPayload[]): Promise<void> {
  const alone: BulkPayload[] = []
  const batches: BulkPayload[][] = []
  for (const group of Map.groupBy(payloads, (payload) => payload.organisation).values()) {
    for (let at = 0; at < group.length; at += batchSize) {
      const batch = group.slice(at, at + batchSize)
      if (batch.length < leastBatch) alone.push(...batch)
      else batches.push(batch)
    }
  }
  const failures = [
    ...(await sideBySide(batchesAtOnce, batches, (batch) => runBatch(deps, batch))),
    ...(await sideBySide(aloneAtOnce, alone, (payload) => runAlone(deps, payload))),
  ]
  if (failures.length > 0) throw failures[0]
}

function runAlone(deps: Deps, { isHandedOutAgain = false, ...payload }: BulkPayload): Promise<void> {
  return runExecution(deps, payload, { isHandedOutAgain })
}

/** Works on items, so many at once. All come to an end; answers what went wrong. */
async function sideBySide<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<unknown[]> {
  const failures: unknown[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length)
      await work(items[next++] as T).catch((error: unknown) => void failures.push(error))
  }
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane))
  return failures
}

interface Batch {
  deps: Deps
  inUnit: InUnit
  begunAt: number
  bundles: Map<string, Promise<string | undefined>>
  /** Failures of each release since its last success: a release that only fails is not run a hundred times. */
  failures: Map<string, number>
  stop: { askedAt: number; answer: Promise<boolean> }
  problems: unknown[]
}

async function runBatch(deps: Deps, payloads: readonly BulkPayload[]): Promise<void> {
  const actor = systemActor(payloads[0]?.organisation ?? '')
  const batch: Batch = {
    deps,
    inUnit: (work) => withUnitOfWork(deps, actor, work),
    begunAt: performance.now(),
    bundles: new Map(),
    failures: new Map(),
    stop: { askedAt: performance.now(), answer: Promise.resolve(false) },
    problems: [],
  }
  const ids = payloads.map(({ execution }) => execution)
  const claimed = await batch.inUnit((unit) => claimPlain(deps, unit, ids))
  for (let left = claimed; left.length > 0;) {
    const reads = await readInputs(deps, left)
    left = left.slice(reads.length)
    await runReads(batch, reads)
  }
  const plain = new Set(claimed.map(({ row }) => row.id))
  const others = payloads.filter(({ execution }) => !plain.has(execution))
  batch.problems.push(...(await sideBySide(aloneAtOnce, others, (payload) => runAlone(deps, payload))))
  if (batch.problems.length > 0) throw batch.problems[0]
}

async function runReads(batch: Batch, reads: Awaited<ReturnType<typeof readInputs>>): Promise<void> {
  const { deps, inUnit } = batch
  const read = reads.filter((each): each is BulkRead => 'text' in each)
  const refused = reads.flatMap((each) => ('ending' in each ? [each] : []))
  const { kept, over } = await inUnit((unit) => keepInputs(unit, read))
  batch.problems.push(
    ...(await sideBySide(aloneAtOnce, refused, ({ claimed, ending }) => settleOne(batch, claimed, ending))),
    ...(await sideBySide(aloneAtOnce, over, async (claimed) => {
      const ending = await runClaimed(deps, claimed, inUnit).catch(unlessLost)
      if (ending) await settleOne(batch, claimed, ending)
    })),
  )
  await runKept(batch, kept)
}

function unlessLost(error: unknown): undefined {
  if (!(error instanceof ClaimLost)) throw error
}

async function settleOne({ deps, inUnit }: Batch, claimed: BulkClaimed, ending: Ending): Promise<void> {
  await inUnit((unit) => settle(deps, unit, claimed, ending))
  deps.metrics.executions.inc({ outcome: ending.outcome })
}

/** Runs what was read. Every moment what succeeded meanwhile is settled together; what did not, by itself. */
async function runKept(batch: Batch, kept: readonly BulkRead[]): Promise<void> {
  let succeeded: Success[] = []
  const running = sideBySide(runsAtOnce, kept, async (read) => {
    if (await mustWait(batch, read)) return putBack(batch, read.claimed)
    const ending = await runOne(batch, read)
    countFor(batch, read, ending)
    const success = await concludeSuccess(batch.deps, read.claimed, ending)
    if (success) succeeded.push(success)
    else await settleOne(batch, read.claimed, ending)
  })
  let failures: unknown[] | undefined
  while (!failures) {
    const pause = new AbortController()
    const moment = sleep(settleEveryMs, undefined, { signal: pause.signal }).catch(() => undefined)
    failures = await Promise.race([running, moment])
    pause.abort()
    const settling = succeeded
    succeeded = []
    batch.problems.push(...(await settleTogether(batch, settling)))
  }
  batch.problems.push(...failures)
}

async function settleTogether(batch: Batch, successes: readonly Success[]): Promise<unknown[]> {
  if (successes.length === 0) return []
  const { deps, inUnit } = batch
  const each = (some: readonly Success[]) =>
    sideBySide(1, some, ({ claimed, concluded }) =>
      settleOne(batch, claimed as BulkClaimed, concluded.ending),
    )
  const closed = await findClosed(
    deps,
    successes.map(({ claimed }) => claimed.row.release_id),
  )
  if (closed.size > 0) return each(successes)
  try {
    await inUnit((unit) => settleSuccesses(unit, successes))
    deps.metrics.executions.inc({ outcome: 'succeeded' }, successes.length)
    return []
  } catch (error) {
    // One of them may be what the database refuses; the others are not to suffer for it.
    deps.log.warn({ err: error }, 'a batch could not be settled together; each is settled by itself')
    return each(successes)
  }
}

async function runOne({ deps, bundles }: Batch, { claimed, text }: BulkRead): Promise<Ending> {
  const { release } = claimed.grant
  const startedAt = new Date()
  const loading = bundles.get(release.id) ?? findSoundBundle(deps, release)
  bundles.set(release.id, loading)
  const bundle = await loading
  if (bundle === undefined) return brokenBundle(startedAt)
  return runSandboxed(deps, claimed, { input: text, bundle, startedAt })
}

function countFor({ failures }: Batch, { claimed }: BulkRead, { outcome }: Ending): void {
  const { id } = claimed.grant.release
  if (isCounted(outcome)) failures.set(id, (failures.get(id) ?? 0) + 1)
  else failures.delete(id)
}

/** Whether it is no longer this batch's to run: it took long already, its release only fails, or all was stopped. */
async function mustWait(batch: Batch, { claimed }: BulkRead): Promise<boolean> {
  const now = performance.now()
  if (now - batch.begunAt > longestMs) return true
  if ((batch.failures.get(claimed.grant.release.id) ?? 0) >= circuitThreshold) return true
  if (now - batch.stop.askedAt > askEveryMs)
    batch.stop = { askedAt: now, answer: batch.inUnit((unit) => isStopped(unit)) }
  return batch.stop.answer
}

/** Gives a claim back to the queue, with the input that was kept for it; it does not count as an attempt. */
async function putBack({ inUnit }: Batch, { row }: BulkClaimed): Promise<void> {
  await inUnit(async (unit) => {
    const stands = await store.lockExecution(unit.tx, row.id)
    if (stands?.state !== 'running' || stands.attempts !== row.attempts) return
    await store.updateExecution(unit.tx, row.id, { attempts: row.attempts - 1 })
    await waitFor(unit, row, { reason: 'Its turn did not come yet.', untilMs: 0 })
  })
}
