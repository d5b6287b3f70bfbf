import { createSandbox } from '@bizq/sandbox'
import { canonicalJson, encodeId, idPrefixes, type Replay } from '@bizq/sdk/contract'
import { releaseDigest, sha256 } from '@bizq/sdk/contract/host'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { loadBundle, requirePublished } from '../releases/index.ts'
import { executionUuid, openInput } from './input.ts'
import { requestOf } from './request.ts'
import type { Claimed } from './run.ts'
import { readClaims } from './receipt.ts'
import { openGrantOf } from './service.ts'
import * as inputs from './input-store.ts'
import * as store from './store.ts'

type Difference = Replay['differences'][number]

/** Who asks, and the unit in which the answer is written down: under an Idempotency-Key the first one stays. */
interface Asking {
  deps: Deps
  actor: Actor
  transact: <T>(work: (unit: UnitOfWork) => Promise<T>) => Promise<T>
}

/**
 * Runs an execution again, in a new process, on the input as it was delivered, and compares the output
 * byte for byte. A bit changed in the kept input or the bundle is told as a difference of digests.
 */
export async function replayExecution({ deps, actor, transact }: Asking, id: string): Promise<Replay> {
  const found = await withUnitOfWork(deps, actor, async (unit) => {
    const row = await store.findExecution(unit.tx, executionUuid(id))
    if (!row)
      throw new ProblemError('not-found', { detail: 'There is no such execution in your organisation.' })
    if (!['succeeded', 'failed', 'refused'].includes(row.state))
      throw new ProblemError('execution-not-finished', { detail: `It is ${row.state}.` })
    const content = row.input_digest
      ? await inputs.findInput(unit.tx, row.subscription_id, row.input_digest)
      : undefined
    const business = await requireBusinessRow(unit, row.business_id)
    const claimed: Claimed = {
      row,
      grant: await openGrantOf(unit, deps, row),
      business: { ...business, ...worldOf(row) },
      now: row.frozen_at ?? new Date(0),
    }
    return { claimed, content }
  })
  const replay = await compare(deps, found.claimed, found.content)
  return transact(async (unit) => {
    await audit(unit, 'execution.replay', {
      execution: encodeId(idPrefixes.execution, found.claimed.row.id),
      verdict: replay.verdict,
    })
    return replay
  })
}

/** The zone and locale that it was run in, as its receipt says: those of the business may be others by now. */
function worldOf({ receipt }: store.ExecutionRow): { time_zone: string; locale: string } | undefined {
  if (!receipt) return undefined
  const { timeZone, locale } = readClaims(receipt)
  return { time_zone: timeZone, locale }
}

async function compare(deps: Deps, claimed: Claimed, content: Buffer | undefined): Promise<Replay> {
  const { row } = claimed
  const release = await requirePublished(deps, row.release_id)
  if (release.manifest.runtime.kind === 'remote') return { verdict: 'NOT-REPLAYABLE', differences: [] }
  if (!row.input_digest || !content) return { verdict: 'INPUT-EXPIRED', differences: [] }
  const input = await openInput(deps.keyring, content, row.input_digest)
  if (input === undefined)
    return diverged({ pointer: '/input', expected: row.input_digest, actual: sha256(content) })
  const bundle = (await loadBundle(deps, row.release_id)).toString()
  const digest = releaseDigest(release.manifest, bundle)
  if (digest !== release.digest)
    return diverged({ pointer: '/release', expected: release.digest, actual: digest })

  await takeTurn()
  const sandbox = createSandbox({ maxProcesses: 1 })
  try {
    const result = await sandbox.run(requestOf(claimed, input, bundle))
    return row.output === null
      ? compareEnd(row, result.outcome, result.outcome === 'failed' ? result.error.name : null)
      : compareOutput(row.output, result.outcome === 'succeeded' ? result.output : null)
  } finally {
    giveTurn()
    await sandbox.close()
  }
}

/** Each replay is a process of its own: a few at a time, the others wait. */
const mostAtOnce = 2
const waitingForTurn: (() => void)[] = []
let running = 0

async function takeTurn(): Promise<void> {
  if (running < mostAtOnce) running++
  else await new Promise<void>((resolve) => waitingForTurn.push(resolve))
}

function giveTurn(): void {
  const next = waitingForTurn.shift()
  if (next) next()
  else running--
}

const diverged = (...differences: Difference[]): Replay => ({ verdict: 'DIVERGED', differences })

function compareOutput(expected: string, actual: string | null): Replay {
  if (actual === expected) return { verdict: 'REPRODUCED', differences: [] }
  if (actual === null) return diverged({ pointer: '', expected: 'an output', actual: null })
  const differences = differencesOf(JSON.parse(expected), JSON.parse(actual), '')
  return diverged(
    ...(differences.length > 0
      ? differences
      : [{ pointer: '', expected: sha256(expected), actual: sha256(actual) }]),
  )
}

/** An execution without an output ended otherwise: the same end reproduces it. */
function compareEnd(row: store.ExecutionRow, outcome: string, error: string | null): Replay {
  const known = { RetryLater: 'retry-later', CannotServe: 'cannot-serve' } as Record<string, string>
  const actual = error === null ? outcome : (known[error] ?? outcome)
  const isSame = actual === row.outcome || (row.outcome === 'invalid-output' && outcome === 'succeeded')
  return isSame
    ? { verdict: 'REPRODUCED', differences: [] }
    : diverged({ pointer: '/outcome', expected: row.outcome, actual })
}

const most = 100

/** Where two JSON values differ, as JSON Pointers; at most a hundred. */
export function differencesOf(expected: unknown, actual: unknown, pointer: string): Difference[] {
  if (canonicalJson(expected) === canonicalJson(actual)) return []
  const isBranch = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object'
  if (!isBranch(expected) || !isBranch(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return [{ pointer, expected: (expected ?? null) as never, actual: (actual ?? null) as never }]
  }
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
  return names
    .flatMap((name) =>
      differencesOf(
        expected[name] ?? null,
        actual[name] ?? null,
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    )
    .slice(0, most)
}
