import type { Happening, PlannedYear } from './happening.ts'
import { planMarket } from './plan-market.ts'
import { planOperators } from './plan-operators.ts'
import { randomOf } from './random.ts'

export interface YearOptions {
  operators: number
  businesses: number
  months: number
  seed: number
}

export const dayMs = 86_400_000
/** At the end nobody begins anything new: what is under way comes to its end. */
const settlingDays = 8

/** The first of a month, so that 29 February 2028 lies within; at noon. */
export function startOf(months: number): Date {
  return new Date(Date.UTC(2028, 1 - Math.floor(months / 2), 1, 12))
}

/** Everything that happens in a marketplace, in order: the same for the same options, whatever the machine does meanwhile. */
export function planYear(options: YearOptions): PlannedYear {
  const start = startOf(options.months)
  const end = new Date(start)
  end.setUTCMonth(end.getUTCMonth() + options.months)
  const lastDay = Math.round((end.getTime() - start.getTime()) / dayMs)
  const random = randomOf(`year ${options.seed}`)
  const market = planMarket(random, { ...options, lastDay })
  const operators = planOperators(random, { ...options, lastDay, start, services: market.services })
  const happenings = [...market.happenings, ...operators.happenings]
  return {
    start,
    days: lastDay + settlingDays,
    operators: options.operators,
    happenings: inOrder(happenings, lastDay),
    idle: operators.idle,
    services: market.services,
  }
}

/** By day, and within a day as they were planned. What was planned past the end does not happen. */
const inOrder = (happenings: Happening[], lastDay: number): Happening[] =>
  happenings.filter(({ day }) => day <= lastDay).toSorted((a, b) => a.day - b.day)
