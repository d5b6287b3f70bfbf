export interface Interval {
  interval: string
  interval_count: number
}
export interface Period {
  start: number
  end: number
}

const day = 86_400

/** The n-th boundary after the anchor: its day of the month, or the last one of a shorter month. */
export function boundary(anchor: number, { interval, interval_count: count }: Interval, n: number): number {
  if (interval === 'day') return anchor + n * count * day
  if (interval === 'week') return anchor + n * count * 7 * day
  const from = new Date(anchor * 1000)
  const months = n * count * (interval === 'year' ? 12 : 1)
  const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate()
  const to = new Date(anchor * 1000)
  to.setUTCDate(1)
  to.setUTCMonth(from.getUTCMonth() + months)
  to.setUTCDate(Math.min(from.getUTCDate(), last))
  return Math.floor(to.getTime() / 1000)
}

/** The period that holds a moment; before the anchor, the one that ends with it. */
export function periodAt(anchor: number, interval: Interval, at: number): Period {
  if (at < anchor) return { start: boundary(anchor, interval, -1), end: anchor }
  let n = 0
  while (boundary(anchor, interval, n + 1) <= at) n += 1
  return { start: boundary(anchor, interval, n), end: boundary(anchor, interval, n + 1) }
}
