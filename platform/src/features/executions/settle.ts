import { randomUUIDv7 } from 'node:crypto'
import type {
  ActionType,
  DatasetName,
  ExecutionOutcome,
  ExecutionOutput,
  Money,
  OutputProblem,
} from '@bizq/sdk/contract'
import { sha256 } from '@bizq/sdk/contract/host'
import type { SandboxResult } from '@bizq/sandbox'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { proposeActions, type Dropped, type ProposalSource } from '../actions/index.ts'
import { audit } from '../audit/index.ts'
import { loadCategories } from '../data/index.ts'
import { findClosed } from './closed.ts'
import { isTestOperator } from '../releases/index.ts'
import { eventOf } from './events.ts'
import { plainText, plainValue } from './plain-text.ts'
import { signReceipt } from './receipt.ts'
import { limitsOf } from './request.ts'
import { executionId, giveUp, isCounted, type Claimed } from './run.ts'
import * as releases from './release-store.ts'
import * as schedules from './schedule-store.ts'
import * as store from './store.ts'
import { translateOutput } from './translate.ts'
import { waitFor } from './wait.ts'

/** What came of running it; a provider's own server tells no CPU and no memory. */
export type Ran = SandboxResult | WithoutFigures<SandboxResult>
type WithoutFigures<R> = R extends SandboxResult
  ? Omit<R, 'cpuMs' | 'peakRssMib'> & { cpuMs: null; peakRssMib: null }
  : never

/** How an execution ended, with everything that the settling needs. */
export interface Ending {
  outcome: ExecutionOutcome
  reason: string | null
  startedAt: Date
  result: Ran | null
  /** It ran, or should have, on its provider's own server. */
  isRemote?: boolean
  /** The way out of the platform failed, not the provider's server. */
  isOurs?: boolean
  output?: { text: string; value: ExecutionOutput }
  outputProblems?: OutputProblem[]
  retryAt?: Date
}

/** From so many failures in a row on, a release rests. */
export const circuitThreshold = 10
export const circuitRestMs = 15 * 60_000
/** What may pass by itself is tried again after these waits; what the code did wrong would only repeat itself. */
const retryWaitsMs = [60_000, 5 * 60_000]
const mayPass: ReadonlySet<ExecutionOutcome> = new Set([
  'timed-out',
  'out-of-memory',
  'crashed',
  'unreachable',
])

/** Writes down how an execution ended, with all that follows, in one transaction. */
export async function settle(deps: Deps, unit: UnitOfWork, claimed: Claimed, ending: Ending): Promise<void> {
  const row = await store.lockExecution(unit.tx, claimed.row.id)
  if (row?.state !== 'running' || row.attempts !== claimed.row.attempts) return
  const closed = (await findClosed(deps, [row.release_id])).get(row.release_id)
  if (closed !== undefined) return giveUp(unit, row, { state: 'cancelled', reason: closed })
  if (ending.result || ending.isRemote) await countForRelease(unit, claimed, ending.outcome)
  const line = ending.result || ending.outcome !== 'crashed' ? randomUUIDv7() : null
  if (line)
    await releases.tellProvider(unit.tx, row, {
      line,
      proposals: ending.output?.value.proposals.length ?? 0,
      outcome: ending.outcome,
      wallMs: ending.result?.wallMs ?? null,
      cpuMs: ending.result?.cpuMs ?? null,
      at: unit.clock(),
      isOurs: isPlatformFault(claimed, ending),
      error: ending.result?.outcome === 'failed' ? ending.result.error : undefined,
    })
  const wait = waitAfter(row, ending)
  if (wait !== undefined) {
    await waitFor(unit, row, {
      reason: ending.reason ?? ending.outcome,
      untilMs: wait,
      outcome: ending.outcome,
    })
    return
  }
  await finish(deps, unit, { ...claimed, row }, ending, line)
}

/** A bundle waits for nothing: when its time passed and it had hardly been given a processor, the machine was too busy. */
function isPlatformFault({ grant }: Claimed, { outcome, result, isOurs = false }: Ending): boolean {
  const cpuMs = result?.cpuMs ?? null
  const wasStarved = outcome === 'timed-out' && cpuMs !== null && cpuMs < limitsOf(grant).cpuMs / 2
  return isOurs || wasStarved
}

async function countForRelease(
  unit: UnitOfWork,
  { grant }: Claimed,
  outcome: ExecutionOutcome,
): Promise<void> {
  if (outcome === 'succeeded' || outcome === 'cannot-serve')
    await releases.closeCircuit(unit.tx, grant.release.id)
  else if (isCounted(outcome))
    await releases.countFailure(unit.tx, grant.release.id, circuitThreshold, circuitRestMs)
}

function waitAfter(row: store.ExecutionRow, { outcome, retryAt }: Ending): number | undefined {
  if (outcome === 'read-allowance-reached' || outcome === 'retry-later') {
    if (row.attempts >= 50) return undefined
    return Math.max(1_000, (retryAt?.getTime() ?? Date.now() + 3_600_000) - Date.now())
  }
  return mayPass.has(outcome) ? retryWaitsMs[row.attempts - 1] : undefined
}

const refusals: ReadonlySet<ExecutionOutcome> = new Set([
  'window-too-large',
  'cannot-serve',
  'read-allowance-reached',
  'retry-later',
])

async function finish(
  deps: Deps,
  unit: UnitOfWork,
  claimed: Claimed,
  ending: Ending,
  line: string | null,
): Promise<void> {
  const { row } = claimed
  const said = ending.output ? await believe(unit, claimed, ending.output.value) : undefined
  const finished = await store.updateExecution(
    unit.tx,
    row.id,
    settledColumns(await conclude(deps, claimed, ending), said, line),
  )
  await audit(unit, 'execution.finish', finishSubject(finished))
  unit.emit('execution.finished', {
    ...eventOf(finished),
    actions: finished.action_count ?? 0,
    dropped: said?.dropped.length ?? 0,
  })
}

/** What the audit log says of an execution that came to its end. */
export function finishSubject(
  row: Pick<store.ExecutionRow, 'id' | 'outcome' | 'output_digest' | 'action_count'>,
): Record<string, unknown> {
  return {
    execution: executionId(row),
    outcome: row.outcome,
    output: row.output_digest,
    actions: row.action_count ?? 0,
  }
}

/** An ending with the time of the settling and its receipt; nothing was read, nothing is receipted. */
export interface Concluded {
  ending: Ending
  endedAt: Date
  outputDigest: string | null
  receipt: string | null
  /** It ran for a test operator of its service, on a release that is staged. */
  isTest: boolean
}

export async function conclude(
  deps: Pick<Deps, 'signer' | 'config' | 'directory'>,
  claimed: Claimed,
  ending: Ending,
): Promise<Concluded> {
  const { outcome, output, startedAt } = ending
  const endedAt = new Date()
  const outputDigest = output ? sha256(output.text) : null
  const receipt = claimed.row.input_digest
    ? await signReceipt(deps, claimed, { outcome, outputDigest, startedAt, endedAt })
    : null
  return { ending, endedAt, outputDigest, receipt, isTest: await isTestRun(deps, claimed) }
}

/** A staged release runs for a canary's share too: those try nothing for its provider. Nor do those that were given personal data. */
async function isTestRun(deps: Pick<Deps, 'directory'>, { row, grant }: Claimed): Promise<boolean> {
  if (grant.release.state !== 'staged' || grant.consent.personal) return false
  return isTestOperator(deps, row.service_id, grant.organisation)
}

/** The columns that settling writes. `line` is the provider's own of this execution. */
export function settledColumns(
  { ending, endedAt, outputDigest, receipt, isTest }: Concluded,
  said: Said | undefined,
  line: string | null,
) {
  const { result, output, outcome, reason } = ending
  return {
    state: outcome === 'succeeded' ? 'succeeded' : refusals.has(outcome) ? 'refused' : 'failed',
    outcome,
    reason,
    finished_at: endedAt,
    output: output?.text ?? null,
    output_digest: outputDigest,
    metrics: said?.metrics ?? null,
    recommendations: said?.recommendations ?? null,
    dropped: said?.dropped ?? null,
    action_count: said?.actions.length ?? 0,
    log: plainText(result?.log ?? ''),
    error: errorOf(ending),
    receipt,
    cpu_ms: result?.cpuMs ?? null,
    wall_ms: result?.wallMs ?? null,
    peak_rss_mib: result?.peakRssMib ?? null,
    told_as: line,
    // Who tries a staged release for its provider does so for the log too, and may take it back.
    log_shared_at: line && isTest ? endedAt : null,
  } as const
}

function errorOf({ result, outputProblems }: Ending): unknown {
  if (outputProblems) return plainValue({ name: 'InvalidOutput', problems: outputProblems.slice(0, 20) })
  return result?.outcome === 'failed' ? plainValue(result.error) : null
}

/** What was made of an output. */
export interface Said {
  actions: string[]
  dropped: Dropped[]
  metrics: Record<string, number | Money>
  recommendations: { text: string; because: { dataset: DatasetName; id: string }[] }[]
}

/** Turns a checked output into actions, figures and state. */
async function believe(unit: UnitOfWork, claimed: Claimed, output: ExecutionOutput): Promise<Said> {
  const { row, grant, business } = claimed
  const { proposals, metrics, recommendations } = await translateOutput(unit, grant, output)
  const source = sourceOf(claimed, await loadCategories(unit, business.id))
  const { actions, dropped } = await proposeActions(unit, source, proposals)
  if (grant.release.manifest.state) await schedules.saveKeptState(unit.tx, row.subscription_id, output.state)
  return { actions, dropped, metrics, recommendations }
}

/** Where the proposals of an execution come from. */
export function sourceOf({ row, grant, business }: Claimed, categories: readonly string[]): ProposalSource {
  const { manifest } = grant.release
  return {
    business,
    subscription: row.subscription_id,
    subscriber: row.subscriber_id,
    provider: row.provider_id,
    service: { id: row.service_id, slug: grant.release.slug, name: manifest.name },
    release: { id: grant.release.id, version: grant.release.version },
    execution: row.id,
    granted: Object.fromEntries(Object.entries(grant.fields).map(([name, fields]) => [name, [...fields]])),
    declaredMax: Object.fromEntries(
      manifest.actions.flatMap(({ type, max }) => (max ? [[type, max]] : [])),
    ) as Partial<Record<ActionType, Money>>,
    categories,
  }
}
