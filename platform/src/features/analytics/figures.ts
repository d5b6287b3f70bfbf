import { countedFailures } from '@bizq/sdk/contract'

type Counts = Record<string, number>

/** Sums over the executions of a block. */
export interface ExecutionSums {
  executions: number
  proposals: number
  outcomes: Counts
  errors: Counts
  /** How many took so long, by `wallBucket`. */
  wall: Counts
}
/** Sums over what became of proposals in a block. */
export interface DecisionSums {
  outcomes: Counts
  reasons: Counts
}
/** Sums over the subscriptions that ended in a block. */
export interface EndingSums {
  ended: number
  inTrial: number
  reasons: Counts
}
export type Sums = ExecutionSums | DecisionSums | EndingSums

export const noExecutions: ExecutionSums = { executions: 0, proposals: 0, outcomes: {}, errors: {}, wall: {} }
export const noDecisions: DecisionSums = { outcomes: {}, reasons: {} }
export const noEndings: EndingSums = { ended: 0, inTrial: 0, reasons: {} }

/** Adds sums of one kind, member by member. */
export function addUp<T extends Sums>(nothing: T, all: readonly T[]): T {
  const total = structuredClone(nothing) as unknown as Record<string, number | Counts>
  for (const one of all) {
    for (const [name, value] of Object.entries(one) as [string, number | Counts][]) {
      if (typeof value === 'number') total[name] = ((total[name] as number | undefined) ?? 0) + value
      else {
        const counts = (total[name] ??= {}) as Counts
        for (const [key, count] of Object.entries(value)) counts[key] = (counts[key] ?? 0) + count
      }
    }
  }
  return total as unknown as T
}

/** Times are counted in steps of a tenth, so that percentiles of any sum of blocks follow, within 5 %. */
export const wallStep = 1.1

/** The time in whole milliseconds that this share of those counted took at most; null where none is. */
export function percentile(wall: Counts, share: number): number | null {
  const rising = Object.entries(wall)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b)
  const all = rising.reduce((sum, [, count]) => sum + count, 0)
  let before = 0
  for (const [bucket, count] of rising) {
    before += count
    if (before >= share * all) return Math.round(wallStep ** Math.max(0, bucket - 0.5))
  }
  return null
}

const of = (counts: Counts, names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + (counts[name] ?? 0), 0)
const shareOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000

/** The share of executions that ended well: served, or declined with a reason. What waits for later counts neither way. */
export function successRate({ outcomes }: ExecutionSums): number | null {
  const well = of(outcomes, ['succeeded', 'cannot-serve'])
  return shareOf(well, well + of(outcomes, countedFailures))
}

interface DecisionShares {
  accepted: number | null
  edited: number | null
  undone: number | null
}

/** Of what was decided, the shares that were accepted (edited ones among them) and edited; of what was accepted, the share that was undone. */
export function decisionShares({ outcomes }: DecisionSums): DecisionShares {
  const accepted = of(outcomes, ['accepted', 'edited'])
  const decided = accepted + of(outcomes, ['rejected', 'expired'])
  return {
    accepted: shareOf(accepted, decided),
    edited: shareOf(outcomes['edited'] ?? 0, decided),
    undone: shareOf(Math.min(accepted, outcomes['undone'] ?? 0), accepted),
  }
}
