/** What the calls of one service came to in one minute: whether one was answered, else all failed by its fault. */
export interface CalledMinute {
  /** The minute's beginning, epoch milliseconds. */
  at: number
  isAnswered: boolean
}

/** Whole minutes, half-open, epoch milliseconds. */
export interface Downtime {
  from: number
  to: number
}

export const minuteMs = 60_000
const dayMs = 86_400_000
/** Longer than this without a call proves nothing: services that run once a day are called once a day. */
export const mostSilenceMs = 25 * 3_600_000

/**
 * The time that a service was down, by its calls in order of time: from a minute in which all failed to the next call;
 * where none came for 25 hours, that minute alone. A minute without evidence is up. `failedAt` is the minute of the
 * last call where that failed, carried from one part of the calls to the next: however they are cut, it comes to the
 * same.
 */
export function measure(
  failedAt: number | null,
  calls: readonly CalledMinute[],
  until: number,
): { failedAt: number | null; down: Downtime[] } {
  const down: Downtime[] = []
  let open = failedAt
  const follow = (at: number) => {
    if (open === null) return
    down.push({ from: open, to: at - open > mostSilenceMs ? open + minuteMs : at })
  }
  for (const { at, isAnswered } of calls) {
    follow(at)
    open = isAnswered ? null : at
  }
  if (open !== null && until - open > mostSilenceMs) {
    follow(until)
    open = null
  }
  return { failedAt: open, down }
}

/** How many minutes of each day (UTC) lie in these spans, which do not overlap. */
export function minutesByDay(spans: readonly Downtime[]): Map<string, number> {
  const days = new Map<string, number>()
  for (const { from, to } of spans)
    for (let at = from; at < to;) {
      const end = Math.min(to, (Math.floor(at / dayMs) + 1) * dayMs)
      const day = new Date(at).toISOString().slice(0, 10)
      days.set(day, (days.get(day) ?? 0) + (end - at) / minuteMs)
      at = end
    }
  return days
}

/** The share of a time that a service was available: 1 − downtime / time. */
export const availabilityOf = (minutes: number, minutesDown: number): number => 1 - minutesDown / minutes
