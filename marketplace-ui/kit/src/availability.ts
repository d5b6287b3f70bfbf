import { formatRate } from '@bizq/design-system'

interface Step {
  below: number
  percent: number
}

/** Writes a share of a month with two digits, rounded down: what lies below a step of the scale never looks as if it reached it. */
export const availabilityWord = (share: number, locale: string): string =>
  formatRate(Math.floor(share * 10_000 + 1e-6) / 10_000, locale, 2)

/** What a month is credited with, in percent of its price, by the scale that the API tells; 0 above it. */
export const creditOf = (share: number, scale: readonly Step[]): number =>
  scale.findLast(({ below }) => share < below)?.percent ?? 0

/** Whole minutes of a month, such as `2026-10`, that this share leaves out. */
export function minutesDown(month: string, share: number): number {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return Math.round((1 - share) * new Date(Date.UTC(year, number, 0)).getUTCDate() * 1_440)
}
