import { createHash } from 'node:crypto'

/** How the same business looks to another subscription, or in another year. */
export interface Change {
  /** Other pseudonyms, in another order. */
  key?: string
  /** Another scale of money. */
  factor?: number
  /** Everything so many days later. */
  days?: number
}

const pseudonyms = /([a-z]{3})_([0-9a-f]{32})/g
const dateOrInstant = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/

/** Rows, or what was proposed about them, with every pseudonym, amount and date changed. */
export function changed<T>(value: T, change: Change): T {
  return changedValue(value, change) as T
}

function changedValue(value: unknown, change: Change): unknown {
  if (typeof value === 'string') return changedText(value, change)
  if (Array.isArray(value)) return value.map((item) => changedValue(item, change))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (entries.length === 2 && 'amount' in value && 'currency' in value) {
    return { ...value, amount: Math.round(Number(value.amount) * (change.factor ?? 1)) }
  }
  return Object.fromEntries(entries.map(([name, part]) => [name, changedValue(part, change)]))
}

function changedText(text: string, { key, days = 0 }: Change): string {
  if (dateOrInstant.test(text)) {
    const later = new Date(Date.parse(text) + days * 86_400_000).toISOString()
    return text.length === 10 ? later.slice(0, 10) : later
  }
  if (key === undefined) return text
  const rekeyed = (hex: string) => createHash('sha256').update(key).update(hex).digest('hex').slice(0, 32)
  return text.replaceAll(pseudonyms, (_, prefix: string, hex: string) => `${prefix}_${rekeyed(hex)}`)
}

/** The rows with those of equal time in reverse order. */
export function reorderedWithinTime<T>(rows: readonly T[], timeOf: (row: T) => string): T[] {
  return [...Map.groupBy(rows, timeOf).values()].flatMap((same) => same.toReversed())
}

/** Numbers in [0, 1), the same for the same seed (Park and Miller 1988). */
export function dice(seed: number): () => number {
  let state = seed * 7919 + 1
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
