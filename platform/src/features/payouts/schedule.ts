/** How often what was earned is transferred. */
export const schedules = ['daily', 'weekly', 'monthly'] as const
export type Schedule = (typeof schedules)[number]

/** What has to be there before it is transferred, in minor units: 25 of each currency that operators pay in. */
export const transferThreshold = 2_500n

export const dayMs = 86_400_000

/** The present of a provider: a test clock may have put it ahead. */
export function providerNow(
  { clock }: { clock(): Date },
  account: { clock_ahead_ms: number } | undefined,
): Date {
  return new Date(clock().getTime() + (account?.clock_ahead_ms ?? 0))
}

/** The next time after an instant, at the start of a day in UTC: each day, each Monday, or the first of each month. */
export function nextTransferAt(schedule: Schedule, after: Date): Date {
  const tomorrow = new Date(Math.floor(after.getTime() / dayMs) * dayMs + dayMs)
  if (schedule === 'daily') return tomorrow
  if (schedule === 'weekly') return new Date(tomorrow.getTime() + ((8 - tomorrow.getUTCDay()) % 7) * dayMs)
  return new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth() + 1, 1))
}

/** When it is tried again after Stripe refused one. */
export function afterRefusal(at: Date): Date {
  return nextTransferAt('daily', at)
}
