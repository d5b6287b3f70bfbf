import { readFileSync } from 'node:fs'
import { forecastCash, quantile, type Band, type Week } from '../src/forecast.ts'

// The constants of src/forecast.ts were chosen on the first 52 weeks alone (origins after week 13).
// The test part starts after them: every origin from week 52 on, each forecast made with all weeks before it.
const developmentWeeks = 52
const horizons = Array.from({ length: 13 }, (_, i) => i + 1)

type Method = (history: readonly Week[]) => Band[]
const net = (week: Week) => week.inflow - week.outflow
const recent = (history: readonly Week[]) => history.slice(-13).map(net)

const methods: Record<string, Method> = {
  'cash-flow-optimizer': (history) => forecastCash(history),
  zero: withPastErrors(() => 0),
  'last week': withPastErrors((history) => recent(history).at(-1) ?? 0),
  '13-week mean': withPastErrors(
    (history) => recent(history).reduce((a, b) => a + b, 0) / Math.min(13, history.length),
  ),
  '13-week median': withPastErrors((history) =>
    quantile(
      recent(history).toSorted((a, b) => a - b),
      0.5,
    ),
  ),
}

const weeks = readWeeks(new URL('data/weekly_cash_to_2016.csv', import.meta.url))
const part = process.argv.includes('--development') ? 'development' : 'test'
const [firstOrigin, end] = part === 'test' ? [developmentWeeks, weeks.length] : [13, developmentWeeks]

console.log(`Hack Club's bank cash by week, 2015-03-23 to 2016-12-26: ${weeks.length} weeks, US dollars.`)
console.log(
  `Forecast of the change of cash over 1 to 13 weeks; rolling origin; ${part} part: origins after weeks ${firstOrigin} to ${end - 1}.`,
)
console.log(
  `Constants were fixed on weeks 1 to ${developmentWeeks}; the test part is weeks ${developmentWeeks + 1} to ${weeks.length}.`,
)
console.log(
  'Error: mean absolute error of the middle. P10, P50, P90: mean pinball loss. Within: share inside P10 to P90 (should be 0.80).',
)
console.log(
  'Each baseline gets a band too: its own earlier errors at the same horizon, 10th and 90th percentile.',
)
console.log(
  'Origins of one horizon overlap, so their errors are not independent: n says how many, not how much is known.\n',
)
console.log('weeks  method                   n    error      P10      P50      P90   within')

interface Score {
  error: number
  pinball: [number, number, number]
  within: number
}
const scores = new Map(Object.entries(methods).map(([name, method]) => [name, score(method)]))
for (const h of horizons) {
  for (const [name, all] of scores)
    row(
      String(h),
      name,
      all.filter((s) => s.h === h),
    )
  console.log()
}
for (const [name, all] of scores) row('all', name, all)

const own = scores.get('cash-flow-optimizer') ?? []
console.log('\nWhere it wins and loses, horizon by horizon (lower mean loss of 13):')
for (const [name, all] of scores) {
  if (name === 'cash-flow-optimizer') continue
  const wins = (loss: (s: Score) => number) =>
    horizons.filter((h) => meanOf(own, h, loss) < meanOf(all, h, loss)).length
  console.log(
    `  against ${name.padEnd(16)} error ${wins((s) => s.error)} of 13, pinball ${wins((s) => s.pinball.reduce((a, b) => a + b))} of 13`,
  )
}

function meanOf(all: readonly (Score & { h: number })[], h: number, loss: (s: Score) => number): number {
  return mean(all.filter((s) => s.h === h).map(loss))
}

function score(method: Method): (Score & { h: number })[] {
  const origins = Array.from({ length: end - firstOrigin }, (_, i) => firstOrigin + i)
  return origins.flatMap((t) => {
    const bands = method(weeks.slice(0, t))
    return horizons
      .filter((h) => t + h <= end)
      .map((h) => {
        const actual = weeks.slice(t, t + h).reduce((sum, week) => sum + net(week), 0)
        const { low, mid, high } = bands[h - 1] ?? { low: 0, mid: 0, high: 0 }
        return {
          h,
          error: Math.abs(actual - mid),
          pinball: [pinball(actual, low, 0.1), pinball(actual, mid, 0.5), pinball(actual, high, 0.9)] as [
            number,
            number,
            number,
          ],
          within: low <= actual && actual <= high ? 1 : 0,
        }
      })
  })
}

/** The loss whose mean is least at the p-quantile (Koenker and Bassett 1978). */
function pinball(actual: number, forecast: number, p: number): number {
  return actual >= forecast ? p * (actual - forecast) : (1 - p) * (forecast - actual)
}

/** A weekly rate as a forecast of sums, with a band from what the same rule got wrong before. */
function withPastErrors(rate: (history: readonly Week[]) => number): Method {
  return (history) =>
    horizons.map((h) => {
      const errors: number[] = []
      for (let t = 4; t + h <= history.length; t++) {
        const actual = history.slice(t, t + h).reduce((sum, week) => sum + net(week), 0)
        errors.push(actual - h * rate(history.slice(0, t)))
      }
      errors.sort((a, b) => a - b)
      const mid = h * rate(history)
      return {
        low: mid + Math.min(0, quantile(errors, 0.1)),
        mid,
        high: mid + Math.max(0, quantile(errors, 0.9)),
      }
    })
}

function row(h: string, name: string, of: readonly Score[]): void {
  const figures = [
    mean(of.map((s) => s.error)),
    ...[0, 1, 2].map((i) => mean(of.map((s) => s.pinball[i] ?? 0))),
  ].map((x) => String(Math.round(x)).padStart(9))
  const within = mean(of.map((s) => s.within)).toFixed(2)
  console.log(
    `${h.padStart(5)}  ${name.padEnd(20)}${String(of.length).padStart(6)}${figures.join('')}${within.padStart(9)}`,
  )
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length
}

function readWeeks(file: URL): Week[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  if (!header?.startsWith('week_start_monday,inflow_usd,outflow_usd,net_usd'))
    throw new Error(`unexpected columns: ${header}`)
  return lines.map((line) => {
    const [, inflow, outflow] = line.split(',').map(Number)
    if (inflow === undefined || outflow === undefined) throw new Error(`a row of another shape: ${line}`)
    return { inflow, outflow: -outflow }
  })
}
