/** What one side of a canary did since it began. */
export interface Side {
  /** That ran or may decide. */
  subscribers: number
  /** That succeeded or failed by the release's own fault. */
  executions: number
  failures: number
  /** The 95th percentile of the successful ones' wall clock; null where none succeeded. */
  p95Ms: number | null
  /** Proposals that were accepted, edited or not. */
  accepted: number
  undone: number
}

export type Worsening = 'failures' | 'latency' | 'undone'

/** By how much a canary may do worse, and how much has to have happened before it is judged. */
export const margins = {
  failures: {
    fewestExecutions: 5,
    fewestFailures: 3,
    /** Of the share of executions that failed, above that of those that stayed. */
    points: 0.1,
    /** The share itself, where too few stayed to compare with. */
    alone: 0.5,
  },
  latency: { fewestExecutions: 10, factor: 1.5, leastMs: 250 },
  undone: { fewestAccepted: 5, fewestUndone: 3, points: 0.1, alone: 0.5 },
} as const

/** In what a canary did worse than the subscriptions that stayed, by more than the margins. */
export function worseningsOf(canary: Side, stayed: Side): Worsening[] {
  const worse: Worsening[] = []
  if (failsMore(canary, stayed)) worse.push('failures')
  if (isSlower(canary, stayed)) worse.push('latency')
  if (isUndoneMore(canary, stayed)) worse.push('undone')
  return worse
}

function failsMore(canary: Side, stayed: Side): boolean {
  const { fewestExecutions, fewestFailures, points, alone } = margins.failures
  if (canary.executions < fewestExecutions || canary.failures < fewestFailures) return false
  const share = canary.failures / canary.executions
  if (stayed.executions < fewestExecutions) return share > alone
  return share > stayed.failures / stayed.executions + points
}

function isSlower(canary: Side, stayed: Side): boolean {
  const { fewestExecutions, factor, leastMs } = margins.latency
  if (canary.p95Ms === null || stayed.p95Ms === null) return false
  if (Math.min(canary.executions, stayed.executions) < fewestExecutions) return false
  return canary.p95Ms > stayed.p95Ms * factor && canary.p95Ms > stayed.p95Ms + leastMs
}

function isUndoneMore(canary: Side, stayed: Side): boolean {
  const { fewestAccepted, fewestUndone, points, alone } = margins.undone
  if (canary.accepted < fewestAccepted || canary.undone < fewestUndone) return false
  const share = canary.undone / canary.accepted
  if (stayed.accepted < fewestAccepted) return share > alone
  return share > stayed.undone / stayed.accepted + points
}

const words: Record<Worsening, string> = {
  failures: 'more of its executions failed',
  latency: 'it was slower',
  undone: 'more of its actions were undone',
}

/** Why a canary went back, in words that tell no figure. */
export function inWords(worse: readonly Worsening[]): string[] {
  return worse.map((each) => words[each])
}
