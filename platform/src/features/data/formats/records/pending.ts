import type { DatasetName, Money } from '@bizq/sdk/contract'
import type { ParsedError, ParsedRecord } from '../parsed-item.ts'
import { completeRecord } from './complete.ts'
import { isFilled, moneyOf } from './values.ts'

export type Draft = Omit<ParsedRecord, 'kind'>

interface Held extends Draft {
  /** Whether a row of the file is this very record, rather than naming it beside another. */
  isMain: boolean
}

/** How a row speaks of a record. */
interface Said {
  /** The row is this very record. */
  isMain?: boolean
  /** What it says yields to what other rows say. */
  isWeak?: boolean
  /** Added up over the rows. */
  sums?: Record<string, Money>
}

/** How many records of one dataset are held while rows may still add to them. */
const mostHeld = 5000

/**
 * Records that several rows of a file speak of: orders of their lines, products and customers named again
 * and again. Rows are merged, and a record leaves when nothing has named it for long, so memory stays bounded.
 */
export function createPending(currency: string) {
  const held = new Map<DatasetName, Map<string, Held>>()
  return {
    /** Adds what a row says; answers a record that had to leave. */
    add(draft: Draft, said: Said = {}): ParsedRecord | ParsedError | undefined {
      const own = held.get(draft.dataset) ?? new Map<string, Held>()
      held.set(draft.dataset, own)
      const key = textOfKey(draft.key)
      const known = own.get(key)
      if (known) {
        if (own.size > mostHeld / 2) {
          own.delete(key)
          own.set(key, known)
        }
        merge(known, draft, said)
        return undefined
      }
      own.set(key, hold(draft, said))
      const [oldest] = own
      if (own.size <= mostHeld || !oldest) return undefined
      own.delete(oldest[0])
      return finish(oldest[1], currency)
    },
    get(dataset: DatasetName, key: ParsedRecord['key']): Draft | undefined {
      return held.get(dataset)?.get(textOfKey(key))
    },
    /** Every record that is still held. */
    *drain(): Generator<ParsedRecord | ParsedError> {
      for (const own of held.values()) {
        for (const draft of own.values()) {
          const item = finish(draft, currency)
          if (item) yield item
        }
      }
      held.clear()
    },
  }
}
export type Pending = ReturnType<typeof createPending>

function textOfKey(key: ParsedRecord['key']): string {
  return 'sourceId' in key ? `${key.source}\n${key.sourceId}` : `${key.group}\n${key.naturalKey}`
}

export function missingField(line: number, missing: readonly string[]): ParsedError {
  const [field = ''] = missing
  const reason = missing.length === 1 ? `${field} is missing` : `${missing.join(', ')} are missing`
  return { kind: 'error', line, field, reason, isRejected: true }
}

function hold(draft: Draft, { isMain = false, sums }: Said): Held {
  const { aliases, fields, references } = draft
  const held: Held = {
    ...draft,
    aliases: [...aliases],
    fields: { ...fields },
    references: { ...references },
    isMain,
  }
  addSums(held, sums)
  return held
}

function finish(held: Held, currency: string): ParsedRecord | ParsedError | undefined {
  const { isMain, ...record } = held
  const { missing, assumed } = completeRecord(record.dataset, record.fields, record.references, currency)
  const all = [...(record.assumed ?? []), ...assumed, ...(record.summed ?? [])]
  if (missing.length === 0) return { kind: 'record', ...record, ...(all.length && { assumed: all }) }
  return isMain ? missingField(record.line, missing) : undefined
}

function merge(known: Held, draft: Draft, { isMain = false, isWeak = false, sums }: Said) {
  known.isMain ||= isMain
  const isOlder = known.asOf !== undefined && draft.asOf !== undefined && draft.asOf < known.asOf
  for (const [name, value] of Object.entries(draft.fields)) {
    if (value === null || value === '') known.fields[name] ??= value
    else if (!isFilled(known.fields[name]) || !(isWeak || isOlder)) known.fields[name] = value
  }
  if (known.assumed)
    known.assumed = known.assumed.filter(
      (name) => !isFilled(draft.fields[name]) || draft.assumed?.includes(name),
    )
  Object.assign(known.references, draft.references)
  for (const alias of draft.aliases) {
    if (!known.aliases.some((other) => other.source === alias.source && other.sourceId === alias.sourceId)) {
      known.aliases.push(alias)
    }
  }
  if (draft.asOf !== undefined && !isOlder) known.asOf = draft.asOf
  addSums(known, sums)
}

function addSums(held: Held, sums: Record<string, Money> = {}) {
  for (const [name, part] of Object.entries(sums)) {
    const amount = moneyOf(held.fields[name])?.amount ?? 0
    held.fields[name] = { amount: amount + part.amount, currency: part.currency }
    if (!held.summed?.includes(name)) held.summed = [...(held.summed ?? []), name]
  }
}
