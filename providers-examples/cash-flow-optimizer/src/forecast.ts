/** Weeks of history that the usual week is taken from: one year, so that every season counts once. */
const yearWeeks = 52
/** A week is a one-off when it moved more than this many times what one week in ten reaches. */
const oneOffFactor = 4
/** Forecasts are checked against what came from this week of the history on, and need this many checks to be believed. */
const firstCheck = 4
const fewestChecks = 8

export interface Week {
  inflow: number
  outflow: number
}
export interface Band {
  low: number
  mid: number
  high: number
}

/** The value below which the share `p` of the sorted numbers lies, between two of them by proportion. */
export function quantile(sorted: readonly number[], p: number): number {
  const at = Math.min(Math.max(p, 0), 1) * (sorted.length - 1)
  const [below = 0, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return below + (above - below) * (at % 1)
}

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)
const mean = (numbers: readonly number[]) =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, x) => sum + x, 0) / numbers.length

/** The mean in- and outflow (both positive) of the last year's weeks that were no one-offs: a grant or a machine does not recur. */
export function usualWeek(history: readonly Week[]): Week {
  const year = history.slice(-yearWeeks)
  const size = (week: Week) => Math.abs(week.inflow - week.outflow)
  const limit = oneOffFactor * quantile(sorted(year.map(size)), 0.9)
  const usual = year.filter((week) => size(week) <= limit)
  return { inflow: mean(usual.map((w) => w.inflow)), outflow: mean(usual.map((w) => w.outflow)) }
}

/**
 * The change of cash over the next 1 … `horizon` weeks: the usual week times their number, within the
 * band that held 80 % of the errors that this same forecast would have made before.
 */
export function forecastCash(history: readonly Week[], horizon = 13): Band[] {
  const drifts = history.map((_, t) => net(usualWeek(history.slice(0, t))))
  const total = [0]
  for (const week of history) total.push((total.at(-1) ?? 0) + net(week))
  const errorsAt = (h: number) => {
    const errors: number[] = []
    for (let t = firstCheck; t + h <= history.length; t++) {
      errors.push((total[t + h] ?? 0) - (total[t] ?? 0) - h * (drifts[t] ?? 0))
    }
    return errors
  }
  const drift = net(usualWeek(history))
  let checked = { h: 1, errors: history.map((week) => net(week) - drift) }
  return Array.from({ length: horizon }, (_, i) => {
    const h = i + 1
    const errors = errorsAt(h)
    if (errors.length >= fewestChecks) checked = { h, errors }
    const growth = Math.sqrt(h / checked.h) // beyond what could be checked, errors add up as independent ones do
    const { low, high } = bandOf(checked.errors)
    return { low: h * drift + low * growth, mid: h * drift, high: h * drift + high * growth }
  })
}

const net = (week: Week) => week.inflow - week.outflow

/** The 10th and 90th percentile of the errors, ranked as a new one would stand among them. */
function bandOf(errors: readonly number[]): { low: number; high: number } {
  const n = errors.length
  const ranked = sorted(errors)
  const rank = (p: number) => (p * (n + 1) - 1) / Math.max(n - 1, 1)
  return { low: Math.min(0, quantile(ranked, rank(0.1))), high: Math.max(0, quantile(ranked, rank(0.9))) }
}
