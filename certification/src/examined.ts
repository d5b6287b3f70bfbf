import type { Sandbox, SandboxResult } from '@bizq/sandbox'
import {
  knownRows,
  type ExecutionInput,
  type ExecutionOutput,
  type Manifest,
  type OutputProblem,
} from '@bizq/sdk/contract'
import { checkOutputInTime, sha256 } from '@bizq/sdk/contract/host'
import type { Documents } from './documents.ts'
import { furtherCases, inputOf, type Case, type World } from './inputs/case.ts'
import type { RemoteGround } from './remote/ground.ts'

/** One execution of the release on an input of the suite. */
export interface Trial {
  case: Case
  input: ExecutionInput
  result: SandboxResult
  /** What it said, where that is JSON; not checked. */
  said: unknown
  /** What it said, where the contract allows all of it. */
  output: ExecutionOutput | undefined
  /** What the contract does not allow of what it said. */
  problems: OutputProblem[]
}

/** `elsewhere` runs in another process than everything else. */
export interface How {
  call?: 'execute' | 'report'
  elsewhere?: boolean
  /** Runs what was run before once more. */
  attempt?: number
}

/** A release under examination, with what its bundle did so far: no input is run twice. */
export interface Examined {
  manifest: Manifest
  /** SHA-256 of manifest and bundle. */
  digest: string
  bundle: string
  documents: Documents | undefined
  remote: RemoteGround | undefined
  sandbox: Sandbox
  /** The inputs that a business is like most days, and those that the provider supplied. */
  cases: readonly Case[]
  /** The same and further ones, made when they are first asked for: one of them is to show what is needed. */
  allCases(): readonly Case[]
  /** Those of the checks of this run that try odd data. */
  odd: readonly Case[]
  /** Rows of the largest input; 0 where none is made. */
  largest: number
  latency: 'warns' | 'decides'
  trial(of: Case): Promise<Trial>
  /** Every case, ordinary and odd. */
  trials(): Promise<Trial[]>
  /** Those of the ordinary cases. */
  ordinaryTrials(): Promise<Trial[]>
  run(input: unknown, world: World, how?: How): Promise<SandboxResult>
  describe(): Promise<Record<string, unknown> | string>
}

/** Runs one input, in the sandbox or at the provider's endpoint. */
export type Execute = (input: string, world: World, how: How) => Promise<SandboxResult>

function limitsOf({ runtime }: Manifest) {
  const given = runtime.kind === 'sandbox' ? (runtime.limits ?? {}) : {}
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
    Record<'wallMs' | 'cpuMs' | 'memoryMib', number>
  >
}

/** The sandbox as the runner of a release's bundle. */
export function executeInSandbox(
  sandbox: Sandbox,
  manifest: Manifest,
  bundle: string,
  digest: string,
): Execute {
  const limits = limitsOf(manifest)
  return (input, world, { call = 'execute', elsewhere }) =>
    sandbox.run({ ...world, release: elsewhere ? `${digest}-again` : digest, bundle, call, input, limits })
}

export type Subject = Omit<Examined, 'allCases' | 'trial' | 'trials' | 'ordinaryTrials' | 'run' | 'describe'>

const mostConfirmed = 4
/** A release that does not end, or hardly, is not run any more: its verdict is known by then. */
const mostLost = 10
const mostSpentMs = 240_000

const lostOutcomes: ReadonlySet<SandboxResult['outcome']> = new Set(['timed-out', 'crashed', 'out-of-memory'])
const notRun: SandboxResult = {
  outcome: 'timed-out',
  detail: 'not run any more: too many executions before did not end, or all of them took too long',
  log: '',
  cpuMs: 0,
  wallMs: 0,
  peakRssMib: 0,
}

export function examine(subject: Subject, execute: Execute): Examined {
  const { manifest, digest, bundle, sandbox } = subject
  const known = new Map<string, Promise<SandboxResult>>()
  let confirmed = 0
  let lost = 0
  let spentMs = 0
  const executeWithin: Execute = async (...given) => {
    if (lost >= mostLost || spentMs >= mostSpentMs) return notRun
    const result = await executeSurely(...given)
    if (lostOutcomes.has(result.outcome)) lost += 1
    spentMs += result.wallMs
    return result
  }
  /** A busy machine can stop what would have ended in time: such an ending is believed when it comes twice. */
  const executeSurely: Execute = async (...given) => {
    const first = await execute(...given)
    if (!['timed-out', 'crashed'].includes(first.outcome) || confirmed >= mostConfirmed) return first
    confirmed += 1
    return execute(...given)
  }
  const run: Examined['run'] = (input, world, how = {}) => {
    const text = JSON.stringify(input)
    const { now, timeZone, locale, seed } = world
    const place = `${how.call ?? ''} ${how.elsewhere ?? ''} ${how.attempt ?? ''} ${now} ${timeZone} ${locale} ${seed}`
    const key = sha256(`${place}\n${text}`)
    const running = known.get(key) ?? executeWithin(text, world, how)
    known.set(key, running)
    return running
  }
  const trials = new Map<Case, Promise<Trial>>()
  const trial: Examined['trial'] = (of) => {
    const running = trials.get(of) ?? tryOut(manifest, of, run)
    trials.set(of, running)
    return running
  }
  let all: readonly Case[] | undefined
  return {
    ...subject,
    allCases: () => (all ??= [...subject.cases, ...furtherCases(manifest, digest)]),
    run,
    trial,
    trials: () => Promise.all([...subject.cases, ...subject.odd].map(trial)),
    ordinaryTrials: () => Promise.all(subject.cases.map(trial)),
    async describe() {
      const surroundings = { seed: digest, now: 0, timeZone: 'UTC', locale: 'en' }
      const result = await sandbox.run({
        ...surroundings,
        release: digest,
        bundle,
        call: 'describe',
        input: '{}',
      })
      if (result.outcome === 'failed') return `${result.error.name}: ${result.error.message}`
      if (result.outcome !== 'succeeded') return result.detail
      const said = parsed(result.output)
      return typeof said === 'object' && said !== null
        ? (said as Record<string, unknown>)
        : 'it is no JSON object'
    },
  }
}

async function tryOut(manifest: Manifest, of: Case, run: Examined['run']): Promise<Trial> {
  const input = inputOf(manifest, of)
  return readTrial(manifest, of, input, await run(input, of.world))
}

/** What a result says, checked as the platform checks it. */
export function readTrial(manifest: Manifest, of: Case, input: ExecutionInput, result: SandboxResult): Trial {
  if (result.outcome !== 'succeeded')
    return { case: of, input, result, said: undefined, output: undefined, problems: [] }
  const checked = checkOutputInTime(result.output, {
    manifest,
    known: knownRows(input.data),
    money: manifest.money === 'scaled' ? 'scaled' : 'exact',
    domains: [],
  })
  const said = parsed(result.output)
  if (checked.ok) return { case: of, input, result, said, output: checked.output, problems: [] }
  return { case: of, input, result, said, output: undefined, problems: checked.problems }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a provider throws to say that there is nothing to do, or not now: an honest end. */
export function isHonestRefusal(result: SandboxResult): boolean {
  return result.outcome === 'failed' && ['CannotServe', 'RetryLater'].includes(result.error.name)
}

/** How an execution ended that gave nothing, in a line. */
export function endingOf(result: SandboxResult): string {
  if (result.outcome === 'succeeded') return 'it succeeded'
  if (result.outcome !== 'failed') return `${result.outcome}: ${result.detail}`
  const { error } = result
  const at = error.stack[0] ? ` (bundle.js:${error.stack[0].line}:${error.stack[0].column})` : ''
  return `${error.name}: ${error.message}${at}`
}
