export type Week = Record<'inflow' | 'outflow', number>
export type Band = Record<'low' | 'mid' | 'high', number>

const yearWeeks = 52 // the usual week is taken from one year, so that every season counts once
const oneOffFactor = 4 // a one-off moved more than four times what one week in ten reaches
const [firstCheck, fewestChecks] = [4, 8] // past forecasts are checked from that week on, if there are so many

const net = (week: Week) => week.inflow - week.outflow
export const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const mean = (numbers: readonly number[]) => sum(numbers) / Math.max(1, numbers.length)

/** The value below which the share `p` of the numbers lies, between two of them by proportion. */
export function quantile(numbers: readonly number[], p: number): number {
  const at = Math.min(Math.max(p, 0), 1) * (numbers.length - 1)
  const ranked = numbers.toSorted((a, b) => a - b)
  const [below = 0, above = below] = [ranked[Math.floor(at)], ranked[Math.ceil(at)]]
  return below + (above - below) * (at % 1)
}

/** Mean in- and outflow (both positive) of the last year's weeks that were no one-offs: a grant or a machine does not recur. */
export function usualWeek(history: readonly Week[]): Week {
  const year = history.slice(-yearWeeks)
  const limit = oneOffFactor * quantile(year.map(net).map(Math.abs), 0.9)
  const usual = year.filter((week) => Math.abs(net(week)) <= limit)
  return { inflow: mean(usual.map((w) => w.inflow)), outflow: mean(usual.map((w) => w.outflow)) }
}

/** The change of cash over 1 to `horizon` weeks: so many usual weeks, in the band that held 80 % of the errors of its own past. */
export function forecastCash(history: readonly Week[], horizon = 13): Band[] {
  const drift = net(usualWeek(history))
  const drifts = history.map((_, t) => net(usualWeek(history.slice(0, t))))
  const errorsAt = (h: number) =>
    drifts.slice(firstCheck, Math.max(firstCheck, history.length - h + 1)).map((before, i) => {
      const actual = history.slice(firstCheck + i, firstCheck + i + h).map(net)
      return sum(actual) - h * before
    })
  let checked = { h: 1, errors: history.map((week) => net(week) - drift) }
  return Array.from({ length: horizon }, (_, i) => {
    const [h, mid] = [i + 1, (i + 1) * drift]
    const errors = errorsAt(h)
    if (errors.length >= fewestChecks) checked = { h, errors }
    const growth = Math.sqrt(h / checked.h) // beyond what could be checked, errors add up as independent ones do
    const n = checked.errors.length
    const edge = (p: number) => quantile(checked.errors, (p * (n + 1) - 1) / Math.max(1, n - 1))
    return { low: mid + Math.min(0, edge(0.1)) * growth, mid, high: mid + Math.max(0, edge(0.9)) * growth }
  })
}
