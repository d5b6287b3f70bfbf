import { actionOf, type ExecutionOutput, type Proposal } from '@bizq/sdk/contract'
import type { Finding } from './check.ts'
import { endingOf, type Examined, type Trial } from './examined.ts'
import type { Case } from './inputs/case.ts'

/** What two outputs may differ by and still say the same. */
export interface Tolerance {
  /** Minor units of one amount, beside a millionth of it. */
  moneyUnits: number
  confidence: number
}

const usual: Tolerance = { moneyUnits: 1, confidence: 0.01 }
type Sayable = Pick<ExecutionOutput, 'proposals' | 'recommendations' | 'metrics'>

const targetKey = ({ type, parameters }: Proposal) =>
  JSON.stringify([type, actionOf(type).target.map((name) => parameters[name] ?? null)])
const byKey = <T>(all: readonly T[], key: (one: T) => string): T[] =>
  all.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))

/** An output with everything that has no order put into one. */
function sorted({ proposals, recommendations, metrics }: Sayable): Sayable {
  const because = (rows: Proposal['because']) => byKey(rows, ({ id }) => id)
  return {
    proposals: byKey(
      proposals.map((each) => ({ ...each, because: because(each.because) })),
      targetKey,
    ),
    recommendations: byKey(
      recommendations.map((each) => ({ ...each, because: because(each.because) })),
      ({ text }) => text,
    ),
    metrics,
  }
}

const isMoney = (value: unknown): value is { amount: number; currency: string } =>
  typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value

function firstDifference(
  expected: unknown,
  actual: unknown,
  at: string,
  tolerance: Tolerance,
): Finding | undefined {
  const differs = () => ({
    pointer: at,
    detail: `it said ${shown(actual)}`,
    expected: shown(expected),
  })
  if (isMoney(expected) && isMoney(actual) && expected.currency === actual.currency) {
    const allowed = tolerance.moneyUnits + Math.abs(expected.amount) * 1e-6
    return Math.abs(expected.amount - actual.amount) <= allowed ? undefined : differs()
  }
  if (typeof expected === 'number' && typeof actual === 'number') {
    const allowed = at.endsWith('/confidence') ? tolerance.confidence : 1e-6 * Math.max(1, Math.abs(expected))
    return Math.abs(expected - actual) <= allowed ? undefined : differs()
  }
  if (typeof expected !== 'object' || typeof actual !== 'object' || expected === null || actual === null)
    return expected === actual ? undefined : differs()
  const [one, other] = [expected as Record<string, unknown>, actual as Record<string, unknown>]
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = firstDifference(one[key], other[key], `${at}/${key}`, tolerance)
    if (found) return found
  }
  return undefined
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 157)}…` : text
}

/** Where two outputs say different things, apart from the order in which they say them; the state is not looked at. */
export function differenceOf(expected: Sayable, actual: Sayable, tolerance = usual): Finding | undefined {
  return firstDifference(sorted(expected), sorted(actual), '', tolerance)
}

interface Relation {
  /** How the other run differs, in words: `with every pseudonym changed`. */
  words: string
  change(of: Case): Case
  /** What the changed case should say, given what the first one said. */
  expect?(output: Sayable): Sayable
  tolerance?: Tolerance
}

/** Runs a case and a changed one, and says where the second does not follow the first. */
export async function unlessFollowing(
  examined: Examined,
  of: Case,
  { words, change, expect = (output) => output, tolerance }: Relation,
): Promise<Finding | undefined> {
  const [first, second] = await Promise.all([examined.trial(of), examined.trial(change(of))])
  if (!first.output) return undefined
  if (!second.output)
    return { detail: `${words}, it ended otherwise: ${whyNone(second)}`, expected: 'an output as before' }
  const found = differenceOf(expect(first.output), second.output, tolerance)
  return found && { ...found, detail: `${words}, ${found.detail}` }
}

function whyNone({ result, problems }: Trial): string {
  const problem = problems[0]
  return problem ? `${problem.pointer}: ${problem.detail}` : endingOf(result)
}
