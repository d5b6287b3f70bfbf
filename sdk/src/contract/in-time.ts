import { createContext, Script } from 'node:vm'
import { checkAgainst, checkOutput, type OutputProblem, type OutputRules } from './execution.ts'

/** How long a check of what a provider wrote may keep its process busy, in milliseconds. */
export const checkMs = 2_000
/** An output below this many characters, without state, takes a fraction of that whatever it says. */
const shortOutput = 4_000

const place: { work: (() => unknown) | undefined } = { work: undefined }
const within = createContext(place)
const call = new Script('work()')
/** Until when a schema that took too long is not tried again (epoch milliseconds): a trial checks by it hundreds of times. */
const restsUntil = new WeakMap<object, number>()
const restMs = 60_000
const rests = (schema: object) => (restsUntil.get(schema) ?? 0) > Date.now()

/** What `work` answers; undefined where it took longer. Whoever waits for this process waits no longer than that. */
function inTime<T>(work: () => T): T | undefined {
  place.work = work
  try {
    return call.runInContext(within, { timeout: checkMs }) as T
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined
    throw error
  } finally {
    place.work = undefined
  }
}

function tooLong(detail: string): { ok: false; problems: OutputProblem[] } {
  return {
    ok: false,
    problems: [{ pointer: '', detail: `takes longer than ${checkMs} ms to check: ${detail}` }],
  }
}

const endlessWords =
  'a pattern of its schema that repeats what repeats, or alternatives within alternatives, can take for ever'

/**
 * `checkAgainst` by a schema that somebody else wrote: its patterns and alternatives may take for ever, so it is
 * given `checkMs`. What takes longer is not ok. For Node alone.
 */
export function checkAgainstInTime(
  schema: Readonly<Record<string, unknown>>,
  value: unknown,
): ReturnType<typeof checkAgainst> {
  if (rests(schema)) return tooLong(endlessWords)
  const checked = inTime(() => checkAgainst(schema, value))
  if (checked) return checked
  restsUntil.set(schema, Date.now() + restMs)
  return tooLong(endlessWords)
}

/** `checkOutput` of an output that somebody else wrote, within `checkMs`. What takes longer is not ok. For Node alone. */
export function checkOutputInTime(output: string, rules: OutputRules): ReturnType<typeof checkOutput> {
  const { state } = rules.manifest
  if (!state && output.length < shortOutput) return checkOutput(output, rules)
  if (state && rests(state)) return tooLong(endlessWords)
  const checked = inTime(() => checkOutput(output, rules))
  if (checked) return checked
  if (!state) return tooLong('its texts are long, and look like links or amounts throughout')
  restsUntil.set(state, Date.now() + restMs)
  return tooLong(`its texts do, or its state: ${endlessWords}`)
}
