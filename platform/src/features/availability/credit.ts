/** What every service promises, and what a month below it is credited with, in percent of its price: the last that applies. */
export const promisedAvailability = 0.999
export const creditScale = [
  { below: 0.999, percent: 10 },
  { below: 0.99, percent: 25 },
  { below: 0.95, percent: 50 },
] as const

/** In percent of what the time cost; 0 at 99.9 % and above. Whole minutes, so that no rounding decides. */
export function creditPercent(minutes: number, minutesDown: number): number {
  if (minutes <= 0 || minutesDown < 0 || minutesDown > minutes)
    throw new RangeError('downtime is a part of the time that was measured')
  const reached = creditScale.filter(
    ({ below }) => minutesDown * 1_000 > minutes * Math.round((1 - below) * 1_000),
  )
  return reached.at(-1)?.percent ?? 0
}
