import {
  canonicalJson,
  encodeId,
  idPrefixes,
  LaterOutput,
  RemoteHealth,
  RemoteProblem,
  type ExecutionInput,
  type RemoteExecution,
} from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { OutgoingResult } from '../../http/outgoing.ts'
import type { OpenGrant } from '../subscriptions/index.ts'
import { judge } from './judge.ts'
import { plainText } from './plain-text.ts'
import { signRequest } from './remote-signing.ts'
import { executionId, refusalOf, requireInput, type Claimed, type InUnit } from './run.ts'
import type { Ending, Ran } from './settle.ts'
import * as remotes from './remote-store.ts'
import * as store from './store.ts'

/** How long a provider that answered 202 may take. */
export const laterMs = 15 * 60_000

export function endpointOf(release: OpenGrant['release']): string | undefined {
  const { runtime } = release.manifest
  return runtime.kind === 'remote' ? runtime.endpoint : undefined
}

/**
 * Runs a claimed execution on its provider's own server: the request is signed and holds no data, which the
 * provider reads with a token of its own from the input as it was kept. Nothing when the output is to come later.
 */
export async function runRemote(deps: Deps, claimed: Claimed, inUnit: InUnit): Promise<Ending | undefined> {
  const startedAt = new Date()
  let input: string
  try {
    input = await requireInput(deps, claimed, inUnit)
  } catch (error) {
    return refusalOf(error, startedAt)
  }
  // What failed before is first asked how it is: an execution is not sent to a server that is down.
  const illness = claimed.row.attempts > 1 ? await illnessOf(deps, claimed.grant.release) : undefined
  if (illness !== undefined)
    return { outcome: 'unreachable', ...illness, startedAt, result: null, isRemote: true }
  const result = await call(deps, claimed, bodyOf(claimed, input))
  if (result.isAnswered && result.status === 202) {
    await promiseOutput(claimed, inUnit)
    return undefined
  }
  return endingOf(claimed, input, result, startedAt)
}

/** Why a server should not be called now; nothing when it is well. */
async function illnessOf(
  deps: Deps,
  release: OpenGrant['release'],
): Promise<{ reason: string; isOurs?: boolean } | undefined> {
  const result = await deps.outgoing.call(urlOf(release, 'health'), { method: 'GET' })
  if (!result.isAnswered) {
    const { detail } = result.failure
    return { reason: `Its health cannot be asked for: ${detail}.`, isOurs: ownFaults.has(detail) }
  }
  const health = RemoteHealth.safeParse(parsed(result.body))
  if (result.status !== 200 || !health.success) return { reason: `Its health answered ${result.status}.` }
  const { service, version } = health.data
  if (service !== release.slug || version !== release.version)
    return {
      reason: plainText(`Its server runs ${service} ${version}, not ${release.slug} ${release.version}.`),
    }
  return undefined
}

function urlOf(release: OpenGrant['release'], what: 'execute' | 'health'): string {
  return `${(endpointOf(release) ?? '').replace(/\/+$/, '')}/${what}`
}

/** Everything but the data. */
function bodyOf({ row, grant, business, now }: Claimed, input: string): RemoteExecution {
  const { data } = JSON.parse(input) as ExecutionInput
  return {
    execution: executionId(row),
    grant: encodeId(idPrefixes.grant, grant.id),
    service: grant.release.slug,
    version: grant.release.version,
    now: now.toISOString(),
    timeZone: business.time_zone,
    locale: business.locale,
    datasets: Object.keys(data) as RemoteExecution['datasets'],
    settings: (row.settings ?? {}) as RemoteExecution['settings'],
    state: row.state_before as RemoteExecution['state'],
  }
}

async function call(deps: Deps, { row, grant }: Claimed, given: RemoteExecution): Promise<OutgoingResult> {
  const body = JSON.stringify(given)
  const generation = await remotes.findGeneration(deps.directory, row.service_id)
  const signature = signRequest(
    deps.keyring,
    { service: row.service_id, generation },
    { id: given.execution, at: new Date(), body },
  )
  return deps.outgoing.call(urlOf(grant.release, 'execute'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'BizQ-Executions/1', ...signature },
    body,
  })
}

/** Leaves the execution open for the output that the provider promised. */
async function promiseOutput({ row }: Claimed, inUnit: InUnit): Promise<void> {
  await inUnit(async (unit) => {
    const stands = await store.lockExecution(unit.tx, row.id)
    // It may have come already.
    if (stands?.state !== 'running' || stands.attempts !== row.attempts) return
    await store.updateExecution(unit.tx, row.id, { answer_due_at: new Date(Date.now() + laterMs) })
  })
}

/** How a promised output that did not come ends. */
export function overdue({ row }: Claimed): Ending {
  return {
    outcome: 'timed-out',
    reason: 'It promised an output and gave none within 15 minutes.',
    startedAt: row.started_at ?? new Date(),
    result: null,
    isRemote: true,
  }
}

/** Errors of this machine's own network and resolver. */
const ownFaults: ReadonlySet<string> = new Set([
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EMFILE',
])

function endingOf(claimed: Claimed, input: string, result: OutgoingResult, startedAt: Date): Ending {
  if (!result.isAnswered) {
    const { kind, detail } = result.failure
    const outcome =
      kind === 'timed-out' ? 'timed-out' : kind === 'too-large' ? 'output-too-large' : 'unreachable'
    const isOurs = ownFaults.has(detail)
    return { outcome, reason: `${detail}.`, startedAt, result: null, isRemote: true, isOurs }
  }
  if (result.status === 200) return judgeRemote(claimed, input, result.body, startedAt)
  const problem = RemoteProblem.safeParse(parsed(result.body))
  if (problem.success) return judgeProblem(claimed, input, problem.data, startedAt)
  const isPassing = [429, 502, 503, 504].includes(result.status)
  const reason = `Its server answered ${result.status}.`
  if (isPassing) return { outcome: 'unreachable', reason, startedAt, result: null, isRemote: true }
  return judge(claimed, input, failed('Error', reason, startedAt), startedAt)
}

/** An output as it came from a provider's server, checked as one of the sandbox is. */
export function judgeRemote(claimed: Claimed, input: string, body: string, startedAt: Date): Ending {
  const wallMs = Date.now() - startedAt.getTime()
  try {
    const given = parsed(body)
    const output = given === undefined ? body : canonicalJson(given)
    return judge(claimed, input, { outcome: 'succeeded', output, ...figures(wallMs) }, startedAt)
  } catch (error) {
    // What is nested too deeply to be walked through is no output.
    if (!(error instanceof RangeError)) throw error
    return {
      outcome: 'invalid-output',
      reason: 'It is nested too deeply.',
      startedAt,
      result: null,
      isRemote: true,
    }
  }
}

/** A refusal in the provider's words, as the errors that it stands for. */
export function judgeProblem(
  claimed: Claimed,
  input: string,
  problem: RemoteProblem,
  startedAt: Date,
): Ending {
  const { code, detail = problem.title, afterSeconds = 60 } = problem
  if (code === 'data-unavailable')
    return {
      outcome: 'unreachable',
      reason: 'It could not read its data.',
      startedAt,
      result: null,
      isRemote: true,
    }
  const [name, data] =
    code === 'retry-later'
      ? ['RetryLater', { afterSeconds }]
      : code === 'cannot-serve'
        ? ['CannotServe', { reason: detail.slice(0, 500) }]
        : ['Error', undefined]
  return judge(claimed, input, failed(name, `${code}: ${detail}`, startedAt, data), startedAt)
}

/** What may be handed in later: an output, or why there is none. */
export function judgeLater(claimed: Claimed, input: string, body: string, startedAt: Date): Ending {
  const given = parsed(body)
  const isProblem = given !== null && typeof given === 'object' && 'problem' in given
  const later = isProblem ? LaterOutput.safeParse(given) : undefined
  return later?.success && 'problem' in later.data
    ? judgeProblem(claimed, input, later.data.problem, startedAt)
    : judgeRemote(claimed, input, body, startedAt)
}

const figures = (wallMs: number) => ({ log: '', cpuMs: null, wallMs, peakRssMib: null })

function failed(name: string, message: string, startedAt: Date, data?: Record<string, string | number>): Ran {
  const error = { name, message: message.slice(0, 2_000), stack: [], ...(data ? { data } : {}) }
  return { outcome: 'failed', error, ...figures(Date.now() - startedAt.getTime()) }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
