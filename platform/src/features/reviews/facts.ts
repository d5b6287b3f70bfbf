import type { Decided, Subscribed } from './schemas.ts'

const monthMs = (365.25 / 12) * 86_400_000

/** For how long it was subscribed, so coarse that it does not tell which subscriber it was. */
export function subscribedFor(from: Date, until: Date): Subscribed {
  const months = (until.getTime() - from.getTime()) / monthMs
  if (months < 1) return 'under-1'
  if (months < 3) return '1-3'
  if (months < 6) return '3-6'
  return months < 12 ? '6-12' : 'over-12'
}

/** How many actions were decided, by a person or by a policy: which of the two is not told apart. */
export function decidedActions(count: number): Decided {
  if (count < 10) return '1-9'
  if (count < 50) return '10-49'
  return count < 200 ? '50-199' : 'over-200'
}
