/** A way to have `amount` more cash from one week until before another. */
export interface Move {
  from: number | null // null: from whichever week needs it
  to: number
  amount: number
  cost: number // a share of the amount
  proposeIn: (week: number) => void
}

/** Lifts `path`, the cash at the end of each week, to `floor` by the cheapest moves, the largest first; returns the path after. */
export function keepAbove(floor: number, path: readonly number[], moves: readonly Move[]): number[] {
  const after = [...path]
  const left = new Set(moves)
  for (let week = 0; week < path.length; week++) {
    while ((after[week] ?? 0) < floor) {
      const able = [...left].filter((move) => (move.from ?? week) <= week && week < move.to)
      const best = able.toSorted((a, b) => a.cost - b.cost || b.amount - a.amount || b.to - a.to)[0]
      if (!best || moves.length - left.size === 500) break
      // Those that are alike go together: which of them comes first in the data must not matter.
      for (const move of able) {
        if (move.cost !== best.cost || move.amount !== best.amount || move.to !== best.to) continue
        if (moves.length - left.size === 500) break
        left.delete(move)
        move.proposeIn(week)
        for (let i = move.from ?? week; i < Math.min(move.to, path.length); i++) after[i]! += move.amount
      }
    }
  }
  return after
}
