/** Demand over a span of time: its expected number of pieces and the variance of that number. */
export interface Demand {
  mean: number
  variance: number
}
/** Days from order to delivery. */
export interface LeadTime {
  mean: number
  variance: number
}

const usualDeviation = 0.2 // of a lead time that was promised but not yet seen kept
const fewestDeliveries = 3

/** Demand of a day from whole weeks, so that the days of the week do not count as chance. Returns lower a week, to zero at most. */
export function dailyDemand(weeks: readonly number[]): Demand {
  const n = weeks.length
  if (n === 0) return { mean: 0, variance: 0 }
  const sold = weeks.map((pieces) => Math.max(0, pieces))
  const mean = sold.reduce((sum, x) => sum + x, 0) / n
  const squares = sold.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return { mean: mean / 7, variance: squares / Math.max(1, n - 1) / 7 }
}

/** What deliveries took, once there are enough of them; before that what was promised, give or take a fifth. */
export function leadTime(deliveries: readonly number[], promisedDays: number): LeadTime {
  const n = deliveries.length
  if (n < fewestDeliveries) return { mean: promisedDays, variance: (usualDeviation * promisedDays) ** 2 }
  const mean = deliveries.reduce((sum, x) => sum + x, 0) / n
  return { mean, variance: deliveries.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1) }
}

/** Demand while waiting: d·L pieces, with variance L·σd² + d²·σL² (demand and lead time independent). */
export function demandOver(daily: Demand, time: LeadTime): Demand {
  return {
    mean: daily.mean * time.mean,
    variance: time.mean * daily.variance + daily.mean ** 2 * time.variance,
  }
}

/**
 * The stock that demand does not exceed with the chance `level` (0.5 to 0.9999). Few and uneven pieces
 * follow the negative binomial distribution; many or even ones the normal.
 */
export function stockFor({ mean, variance }: Demand, level: number): number {
  if (mean <= 0) return 0
  if (mean > 200 || variance <= mean) return mean + normalQuantile(level) * Math.sqrt(variance)
  const p = mean / variance
  const r = (mean * p) / (1 - p)
  let [pieces, chance] = [0, p ** r]
  for (let sum = chance; sum < level && pieces < 100_000; sum += chance) {
    chance *= ((pieces + r) / (pieces + 1)) * (1 - p)
    pieces++
  }
  return pieces
}

/** The chance that demand reaches `pieces`, by the logistic approximation of the normal distribution. */
export function chanceOf({ mean, variance }: Demand, pieces: number): number {
  const sd = Math.sqrt(variance)
  if (sd === 0) return mean >= pieces ? 1 : 0
  return 1 / (1 + Math.exp((1.702 * (pieces - mean)) / sd))
}

/** Abramowitz and Stegun 26.2.23, for p from 0.5 on: off by less than 0.00045. */
export function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  return t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
}
