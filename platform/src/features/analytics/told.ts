/**
 * What figures a provider is told. Five subscribers or more stand behind each. Days are put together
 * until five are in them; such a block is told once and never changes, and no day lies in two blocks of
 * one cell (a release, a type of action). Every figure of every period is a sum of whole blocks: whatever
 * periods, releases or days are compared, what is left of them is again a sum of whole blocks.
 */
export const leastSubscribers = 5

/** Who stands behind a day's figures of one cell; of more than five, any five. */
export interface Day {
  day: string
  subscribers: readonly string[]
}

export interface Block {
  from: string
  to: string
}

const dayBefore = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).subtract({ days }).toString()

/** The blocks that close within these days, oldest first; none is longer than `longest` days, and what does not reach five by then is told to nobody. */
export function blocksOf(days: readonly Day[], longest: number): Block[] {
  const blocks: Block[] = []
  let open: Day[] = []
  for (const day of [...days].sort((a, b) => (a.day < b.day ? -1 : 1))) {
    const first = dayBefore(day.day, longest - 1)
    open = [...open.filter((each) => each.day >= first), day]
    const behind = new Set(open.flatMap(({ subscribers }) => subscribers))
    if (behind.size < leastSubscribers) continue
    blocks.push({ from: open[0]?.day ?? day.day, to: day.day })
    open = []
  }
  return blocks
}

/**
 * Which parts of a whole may be told by their counts of subscribers: those of five or more, but never so
 * that one to four are what the whole has more than its told parts. Nothing of a whole below five.
 */
export function toldParts(counts: ReadonlyMap<string, number>): Set<string> {
  const sum = (parts: readonly (readonly [string, number])[]) => parts.reduce((all, [, n]) => all + n, 0)
  const rising = [...counts].sort(([, a], [, b]) => a - b)
  if (sum(rising) < leastSubscribers) return new Set()
  const told = rising.filter(([, count]) => count >= leastSubscribers)
  const kept = sum(rising) - sum(told)
  return new Set((kept > 0 && kept < leastSubscribers ? told.slice(1) : told).map(([part]) => part))
}
