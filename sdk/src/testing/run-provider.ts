import type { z } from 'zod'
import { canonicalJson } from '../contract/canonical.ts'
import { checkOutput, knownRows, type ExecutionInput, type ExecutionOutput } from '../contract/execution.ts'
import { ProviderReport, type ReportInput } from '../contract/report.ts'
import type { AnyDefinition, DataRequest } from '../definition.ts'
import { manifestOf } from '../manifest-of.ts'
import { executeDefinition } from '../run-definition.ts'
import { seeded } from './seeded.ts'

type Rows = readonly Readonly<Record<string, unknown>>[]

export interface RunOptions<D, S> {
  /** The rows of each dataset; fields that the definition does not ask for are taken off. */
  data?: { readonly [K in keyof D]?: Rows }
  /** As the operator would set them; what is left out has its default. */
  settings?: S
  state?: Record<string, unknown> | null
  /** The frozen instant, ISO 8601; 2026-12-01T09:00:00Z unless told. */
  now?: string
  /** IANA; Europe/London unless told. */
  timeZone?: string
  /** Of `random()`. */
  seed?: number
  /** The business's own domains, which texts may link to. */
  domains?: readonly string[]
}

/** An output that the platform would refuse; `problems` says where and why. */
export class InvalidOutput extends Error {
  override readonly name = 'InvalidOutput'
  readonly problems: { pointer: string; detail: string }[]
  constructor(problems: { pointer: string; detail: string }[]) {
    super(
      `the platform would refuse this output:\n${problems.map((p) => `  ${p.pointer}: ${p.detail}`).join('\n')}`,
    )
    this.problems = problems
  }
}

/** The input that the platform would hand over: only granted fields, settings with their defaults. */
export function inputOf(definition: AnyDefinition, options: RunOptions<DataRequest, object>): ExecutionInput {
  const given: Readonly<Record<string, Rows | undefined>> = options.data ?? {}
  const data = Object.entries(definition.data).map(([name, request]) => {
    const rows = given[name] ?? []
    const asked = request.fields as readonly string[]
    return [name, rows.map((row) => Object.fromEntries(asked.map((field) => [field, row[field] ?? null])))]
  })
  const settings = definition.settings?.parse(options.settings ?? {}) ?? {}
  const input = {
    data: Object.fromEntries(data) as ExecutionInput['data'],
    settings,
    state: options.state ?? null,
  }
  return JSON.parse(canonicalJson(input)) as ExecutionInput
}

/**
 * Runs a provider on rows, in this process, with a fixed clock and seed, and checks its output as the
 * platform would. Rejects with what the provider throws, with an InvalidOutput, or with a
 * ManifestError where the definition itself is not right.
 *
 * ```ts
 * const build = rowBuilders()
 * const invoice = build.invoices({ dueAt: '2026-11-01', status: 'open' })
 * const { proposals } = await runProvider(provider, { data: { invoices: [invoice] }, now: '2026-12-01T09:00:00Z' })
 * ```
 */
export async function runProvider<D extends DataRequest, S extends z.ZodObject | undefined>(
  definition: AnyDefinition & { data: D; settings?: S },
  options: RunOptions<D, S extends z.ZodObject ? z.input<S> : object> = {},
): Promise<ExecutionOutput> {
  const manifest = manifestOf(definition)
  const input = inputOf(definition, options)
  const now = Temporal.Instant.from(options.now ?? '2026-12-01T09:00:00Z').toZonedDateTimeISO(
    options.timeZone ?? 'Europe/London',
  )
  const output = await executeDefinition(definition, input, { now, random: seeded(options.seed ?? 1) })
  const checked = checkOutput(canonicalJson(output), {
    manifest,
    known: knownRows(input.data),
    money: manifest.money === 'scaled' ? 'scaled' : 'exact',
    domains: options.domains ?? [],
  })
  if (!checked.ok) throw new InvalidOutput(checked.problems)
  return checked.output
}

/** Runs a provider's report and checks it. Rejects with an InvalidOutput. */
export async function runReport(definition: AnyDefinition, input: ReportInput): Promise<ProviderReport> {
  if (!definition.report) throw new TypeError('this provider has no report of its own')
  const checked = ProviderReport.safeParse(await definition.report(input))
  if (checked.success) return checked.data
  throw new InvalidOutput(
    checked.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message })),
  )
}
