import { canonicalJson } from './contract/canonical.ts'
import type { ExecutionInput, ExecutionOutput } from './contract/execution.ts'
import type { ReportInput } from './contract/report.ts'
import type { AnyDefinition, ProposalDetails } from './definition.ts'
import { describeDefinition } from './describe.ts'

/** The clock and the dice of an execution: the sandbox's own are frozen and seeded. */
export interface Surroundings {
  now: Temporal.ZonedDateTime
  random: () => number
  /** Where rows that are not in the input's `data` come from, page by page. */
  readPages?: (dataset: string) => AsyncIterable<readonly Row[]>
}

type Row = Readonly<Record<string, unknown>>
type Rows = readonly Row[]
type Evidence = readonly { readonly id: string }[]

const proposalsAtMost = 500
const becauseAtMost = 20

/** Learns which dataset ids of a prefix belong to, from rows that have come. */
function learnPrefix(prefixes: Map<string, string>, dataset: string, rows: Rows): void {
  const id = rows[0]?.['id']
  if (typeof id === 'string') prefixes.set(id.slice(0, id.indexOf('_')), dataset)
}

function isMoney(value: unknown): boolean {
  const { amount, currency } = (value ?? {}) as { amount?: unknown; currency?: unknown }
  return Number.isSafeInteger(amount) && typeof currency === 'string'
}

function wrong(type: string, what: string): TypeError {
  return new TypeError(`propose('${type}', …): ${what}`)
}

function checkDetails(type: string, { impact, confidence, because }: ProposalDetails): void {
  if (!(confidence >= 0 && confidence <= 1)) throw wrong(type, 'confidence must be between 0 and 1')
  if (!Array.isArray(because)) throw wrong(type, 'because must be an array of rows')
  if (because.length > becauseAtMost) throw wrong(type, `because holds at most ${becauseAtMost} rows`)
  if (impact !== undefined && impact !== null && !isMoney(impact)) {
    throw wrong(type, 'impact must be money: a whole number of minor units and a currency')
  }
}

/** Runs `execute` of a definition on an input, and collects what it proposes. Throws what the provider throws, or a TypeError where it misuses `propose`. */
export async function executeDefinition(
  definition: AnyDefinition,
  input: ExecutionInput,
  { now, random, readPages }: Surroundings,
): Promise<ExecutionOutput> {
  const given = input.data as Readonly<Record<string, Rows>>
  const data = Object.fromEntries(Object.keys(definition.data).map((name) => [name, given[name] ?? []]))
  const prefixes = new Map<string, string>()
  for (const name in data) learnPrefix(prefixes, name, data[name] ?? [])
  async function* pages(dataset: string): AsyncGenerator<Rows> {
    const rows = given[dataset]
    if (rows || !readPages) yield rows ?? []
    else {
      for await (const page of readPages(dataset)) {
        learnPrefix(prefixes, dataset, page)
        yield page
      }
    }
  }
  const types = new Set(
    definition.actions.map((action) => (typeof action === 'string' ? action : action.type)),
  )
  const proposals: object[] = []
  const recommendations: object[] = []
  const references = (rows: Evidence) =>
    rows.map(({ id }) => {
      const dataset = prefixes.get(id.split('_')[0] ?? '')
      if (dataset === undefined) throw new TypeError(`because: ${id} is not the id of a row of the input`)
      return { dataset, id }
    })
  const propose = (type: string, parameters: object, details: ProposalDetails) => {
    if (!types.has(type as never)) throw wrong(type, 'the definition does not declare this action')
    if (typeof parameters !== 'object' || parameters === null)
      throw wrong(type, 'parameters must be an object')
    if (proposals.length === proposalsAtMost)
      throw wrong(type, `at most ${proposalsAtMost} proposals an execution`)
    checkDetails(type, details)
    const { impact, confidence, because, expires } = details
    proposals.push({
      type,
      parameters: { ...parameters },
      confidence,
      because: references(because),
      ...(impact ? { impact } : {}),
      ...(expires === undefined ? {} : { expires: String(expires) }),
    })
  }
  const recommend = (text: string, { because }: { because: Evidence }) => {
    recommendations.push({ text, because: references(because) })
  }
  const { settings, state } = input
  const today = now.toPlainDate()
  const result = (await definition.execute({
    data,
    pages,
    settings,
    state,
    today,
    now,
    random,
    propose,
    recommend,
  })) as { metrics?: ExecutionOutput['metrics']; state?: ExecutionOutput['state'] } | undefined
  return {
    proposals,
    recommendations,
    metrics: result?.metrics ?? {},
    state: result?.state ?? null,
  } as unknown as ExecutionOutput
}

/**
 * What a bundle exports as `run`: `describe` gives the manifest but for its schemas, `execute` an
 * ExecutionOutput and `report` a ProviderReport, each as canonical JSON (RFC 8785). The clock and the
 * zone are those of the isolate.
 */
export async function runDefinition(definition: AnyDefinition, call: string, input: string): Promise<string> {
  switch (call) {
    case 'describe':
      return canonicalJson(describeDefinition(definition))
    case 'execute': {
      const surroundings = { now: Temporal.Now.zonedDateTimeISO(), random: Math.random }
      return canonicalJson(
        await executeDefinition(definition, JSON.parse(input) as ExecutionInput, surroundings),
      )
    }
    case 'report': {
      if (!definition.report) throw new TypeError('this provider has no report of its own')
      return canonicalJson(await definition.report(JSON.parse(input) as ReportInput))
    }
    default:
      throw new TypeError(`there is no call ${call}`)
  }
}
