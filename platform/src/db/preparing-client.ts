import { createHash } from 'node:crypto'
import { Client } from 'pg'

const timesBeforeKept = 5
/** On each connection: a kept plan takes tens of kilobytes of the server. */
const mostKept = 150
const mostCounted = 5_000
const longestText = 8_000

interface Counted {
  times: number
  name: string
}

const counted = new Map<string, Counted>()

function count(text: string): Counted {
  const known = counted.get(text)
  if (known) {
    known.times++
    return known
  }
  if (counted.size >= mostCounted) counted.clear()
  const first = { times: 1, name: `kept_${createHash('sha1').update(text).digest('hex')}` }
  counted.set(text, first)
  return first
}

/**
 * Lets the server keep the plan of statements that come again and again: to plan one under row-level security
 * costs more than to run it. Texts that were seen a few times in this process are prepared, by their hash, on each
 * connection that meets them; those that are made for one occasion are not.
 */
export class PreparingClient extends Client {
  readonly #kept = new Set<string>()
  /** As the driver's own, whose type is a dozen overloads: what is not text with values passes through. */
  override query(...given: never[]): never {
    const [text, values, callback] = given as unknown[]
    const hasValues = typeof text === 'string' && Array.isArray(values) && values.length > 0
    const name = hasValues ? this.#nameOf(text) : undefined
    const run = super.query.bind(this) as (...args: unknown[]) => unknown
    return (name === undefined ? run(...given) : run({ name, text, values }, callback)) as never
  }

  #nameOf(text: string): string | undefined {
    if (text.length > longestText) return undefined
    const { times, name } = count(text)
    if (this.#kept.has(name)) return name
    if (times < timesBeforeKept || this.#kept.size >= mostKept) return undefined
    this.#kept.add(name)
    return name
  }
}
