import { z } from 'zod'
import {
  actionOf,
  ActionType,
  checkTemplates,
  parametersOf,
  type ActionType as Type,
} from './actions/index.ts'
import { DatasetName } from './datasets/index.ts'
import { PlainDate } from './dates.ts'
import { executionLimits } from './limits.ts'
import type { Manifest } from './manifest.ts'
import { Money } from './money.ts'

export { executionLimits, type ExecutionLimits } from './limits.ts'

/** What a person or a policy started an execution for. */
export const ExecutionTrigger = z.enum(['schedule', 'new-data', 'hand', 'bulk', 'retry', 'test', 'shadow'])
export type ExecutionTrigger = z.infer<typeof ExecutionTrigger>

/** How an execution ended, or why it waits; the class is what its provider learns of a failure. */
export const ExecutionOutcome = z.enum([
  'succeeded',
  'failed', // the code threw
  'timed-out',
  'out-of-memory',
  'crashed',
  'input-too-large',
  'output-too-large',
  'invalid-output',
  'window-too-large',
  'read-allowance-reached',
  'retry-later', // the provider asked for it
  'cannot-serve', // the provider said why; not a failure
  'unreachable', // remote only
])
export type ExecutionOutcome = z.infer<typeof ExecutionOutcome>

/** The outcomes that count against a release: its circuit breaker and its quality figures. */
export const countedFailures: ReadonlySet<ExecutionOutcome> = new Set([
  'failed',
  'timed-out',
  'out-of-memory',
  'crashed',
  'output-too-large',
  'invalid-output',
  'unreachable',
])

const JsonObject = z.record(z.string(), z.json())

/**
 * Exactly the JSON that `run('execute', …)` receives. Rows are masked; the day, the instant and the
 * zone are not in it: they come from the frozen clock.
 */
export const ExecutionInput = z.strictObject({
  data: z.partialRecord(DatasetName, z.array(JsonObject)),
  settings: JsonObject,
  state: JsonObject.nullable(),
})
export type ExecutionInput = z.infer<typeof ExecutionInput>

export const RowReference = z.strictObject({ dataset: DatasetName, id: z.string() })
export type RowReference = z.infer<typeof RowReference>

const because = z.array(RowReference).max(executionLimits.because)
const MetricName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.]{0,59}$/)

export const Proposal = z.strictObject({
  type: ActionType,
  /** As a provider writes them; checked against the type's `providerParameters`. */
  parameters: z.record(z.string(), z.unknown()),
  /** What it would be worth, in the provider's words. */
  impact: Money.optional(),
  confidence: z.number().min(0).max(1),
  because,
  /** The last day on which it makes sense. */
  expires: PlainDate.optional(),
})
export type Proposal = z.infer<typeof Proposal>

export const Recommendation = z.strictObject({ text: z.string().trim().min(1).max(1_000), because })
export type Recommendation = z.infer<typeof Recommendation>

/** What `run('execute', …)` returns as canonical JSON, and what a remote provider answers. */
export const ExecutionOutput = z.strictObject({
  proposals: z.array(Proposal).max(executionLimits.proposals),
  recommendations: z.array(Recommendation).max(executionLimits.recommendations),
  metrics: z
    .record(MetricName, z.union([z.number(), Money]))
    .refine(
      (m) => Object.keys(m).length <= executionLimits.metrics,
      `at most ${executionLimits.metrics} metrics`,
    ),
  state: JsonObject.nullable(),
})
export type ExecutionOutput = z.infer<typeof ExecutionOutput>

/** The pseudonyms of the rows of an input, by dataset. */
export type KnownRows = Partial<Record<DatasetName, ReadonlySet<string>>>

/** Which rows an input holds. Only these can be named by its output. */
export function knownRows(data: ExecutionInput['data']): KnownRows {
  const known: KnownRows = {}
  for (const [name, rows] of Object.entries(data) as [DatasetName, Record<string, unknown>[]][]) {
    known[name] = new Set(rows.flatMap((row) => (typeof row['id'] === 'string' ? [row['id']] : [])))
  }
  return known
}

export interface OutputProblem {
  /** JSON Pointer (RFC 6901) into the output. */
  pointer: string
  /** What is wrong and how to mend it. */
  detail: string
}

export interface OutputRules {
  manifest: Pick<Manifest, 'actions' | 'state'>
  known: KnownRows
  money: 'exact' | 'scaled'
  /** The business's own domains: the only ones that a text may link to. */
  domains: readonly string[]
}

const pointer = (path: readonly PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function issues(error: z.ZodError, at: string): OutputProblem[] {
  return error.issues.map((issue) => ({ pointer: at + pointer(issue.path), detail: issue.message }))
}

/**
 * Checks what a provider returned, before anything of it is believed: its size, its shape, that it
 * proposes only what its manifest declares, that every pseudonym belongs to a row of this input, and
 * that its texts for third parties keep to the rules. `output` is the JSON text as it came.
 */
export function checkOutput(
  output: string,
  rules: OutputRules,
): { ok: true; output: ExecutionOutput } | { ok: false; problems: OutputProblem[] } {
  if (new TextEncoder().encode(output).length > executionLimits.outputBytes) {
    return {
      ok: false,
      problems: [{ pointer: '', detail: `the output is over ${executionLimits.outputBytes} bytes` }],
    }
  }
  let json: unknown
  try {
    json = JSON.parse(output)
  } catch {
    return { ok: false, problems: [{ pointer: '', detail: 'the output is not JSON' }] }
  }
  const parsed = readOutput(json)
  if (!parsed) return { ok: false, problems: [{ pointer: '', detail: 'the output is nested too deeply' }] }
  if (!parsed.success) return { ok: false, problems: issues(parsed.error, '') }
  const problems = [
    ...parsed.data.proposals.flatMap((proposal, i) => checkProposal(proposal, `/proposals/${i}`, rules)),
    ...parsed.data.recommendations.flatMap((r, i) =>
      checkRows(r.because, `/recommendations/${i}/because`, rules.known),
    ),
    ...checkState(parsed.data.state, rules.manifest.state),
  ]
  return problems.length === 0 ? { ok: true, output: parsed.data } : { ok: false, problems }
}

/** Undefined for JSON whose nesting overflows the stack of whoever walks through it. */
function readOutput(json: unknown): ReturnType<typeof ExecutionOutput.safeParse> | undefined {
  try {
    return ExecutionOutput.safeParse(json)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function checkRows(rows: readonly RowReference[], at: string, known: KnownRows): OutputProblem[] {
  return rows.flatMap(({ dataset, id }, i) =>
    known[dataset]?.has(id)
      ? []
      : [{ pointer: `${at}/${i}`, detail: `no row of ${dataset} in the input has this id` }],
  )
}

function checkProposal(proposal: Proposal, at: string, rules: OutputRules): OutputProblem[] {
  const { type } = proposal
  if (!rules.manifest.actions.some((action) => action.type === type)) {
    return [{ pointer: `${at}/type`, detail: `the manifest does not declare ${type}` }]
  }
  const parameters = actionOf(type).providerParameters.safeParse(proposal.parameters)
  if (!parameters.success) return issues(parameters.error, `${at}/parameters`)
  return [
    ...checkReferences(type, parameters.data, `${at}/parameters`, rules.known),
    ...checkTemplates(type, parameters.data, rules).map((problem) => ({
      pointer: `${at}/parameters/${problem.parameter}`,
      detail: `“${problem.found}”: ${problem.detail}`,
    })),
    ...checkRows(proposal.because, `${at}/because`, rules.known),
  ]
}

function checkReferences(
  type: Type,
  parameters: Readonly<Record<string, unknown>>,
  at: string,
  known: KnownRows,
): OutputProblem[] {
  return parametersOf(actionOf(type).parameters).flatMap(({ name, dataset }) => {
    const id = parameters[name]
    if (!dataset || typeof id !== 'string' || known[dataset]?.has(id)) return []
    return [{ pointer: `${at}/${name}`, detail: `no row of ${dataset} in the input has this id` }]
  })
}

function checkState(state: ExecutionOutput['state'], schema: Manifest['state']): OutputProblem[] {
  if (state === null) return []
  if (!schema) return [{ pointer: '/state', detail: 'the manifest declares no state' }]
  if (new TextEncoder().encode(JSON.stringify(state)).length > executionLimits.stateBytes) {
    return [{ pointer: '/state', detail: `the state is over ${executionLimits.stateBytes} bytes` }]
  }
  const checked = checkAgainst(schema, state)
  return checked.ok
    ? []
    : checked.problems.map((problem) => ({ ...problem, pointer: `/state${problem.pointer}` }))
}

/** Checks a value against a manifest's JSON Schema (of settings or state); the value comes back with defaults filled in. */
export function checkAgainst(
  schema: Readonly<Record<string, unknown>>,
  value: unknown,
): { ok: true; value: Record<string, unknown> } | { ok: false; problems: OutputProblem[] } {
  const checked = z.fromJSONSchema(schema).safeParse(value)
  return checked.success
    ? { ok: true, value: checked.data as Record<string, unknown> }
    : { ok: false, problems: issues(checked.error, '') }
}
