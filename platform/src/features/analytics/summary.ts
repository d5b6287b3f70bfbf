import {
  addUp,
  decisionShares,
  noDecisions,
  noEndings,
  noExecutions,
  percentile,
  successRate,
  type DecisionSums,
  type EndingSums,
  type ExecutionSums,
} from './figures.ts'
import type { FigureKind, FigureRow } from './figure-store.ts'
import type { DecisionFigures, EndingFigures, ExecutionFigures } from './schemas.ts'

const of = (rows: readonly FigureRow[], kind: FigureKind) => rows.filter((row) => row.kind === kind)

/** What the told blocks say of executions; null where none is told. */
export function executionFigures(rows: readonly FigureRow[]): ExecutionFigures | null {
  const told = of(rows, 'executions')
  if (told.length === 0) return null
  const sums = addUp(
    noExecutions,
    told.map((row) => row.figures as ExecutionSums),
  )
  return {
    executions: sums.executions,
    proposals: sums.proposals,
    successRate: successRate(sums),
    p50Ms: percentile(sums.wall, 0.5),
    p95Ms: percentile(sums.wall, 0.95),
    outcomes: falling(sums.outcomes),
    errors: falling(sums.errors),
  }
}

export function decisionFigures(rows: readonly FigureRow[]): DecisionFigures | null {
  const told = of(rows, 'decisions')
  if (told.length === 0) return null
  const sums = addUp(
    noDecisions,
    told.map((row) => row.figures as DecisionSums),
  )
  const count = (outcome: string) => sums.outcomes[outcome] ?? 0
  return {
    accepted: count('accepted'),
    edited: count('edited'),
    rejected: count('rejected'),
    undone: count('undone'),
    expired: count('expired'),
    shares: decisionShares(sums),
    reasons: falling(sums.reasons),
  }
}

export function endingFigures(rows: readonly FigureRow[]): EndingFigures | null {
  const told = of(rows, 'endings')
  if (told.length === 0) return null
  const sums = addUp(
    noEndings,
    told.map((row) => row.figures as EndingSums),
  )
  return { ended: sums.ended, inTrial: sums.inTrial, reasons: falling(sums.reasons) }
}

const falling = (counts: Record<string, number>): { key: string; count: number }[] =>
  Object.entries(counts)
    .map(([key, count]) => ({ key, count }))
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
