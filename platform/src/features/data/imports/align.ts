/** Which side of a group may go on beyond its file: the file starts, or ends, within it. `null`: the file holds it in full. */
export type Edge = 'start' | 'end' | 'both' | null

export interface Numbered {
  /** The natural key. */
  key: string
  /** The how-manieth of its key within the group. */
  n: number
}

export interface StoredGroup {
  /** In the order in which they were created. */
  rows: readonly Numbered[]
  /** The edges at which files cut what is stored; empty once a file held the group in full. */
  edges: ReadonlySet<Exclude<Edge, null>>
}

/**
 * Numbers the rows of one group of a file so that a row which is stored already gets the number that it
 * has, and identical rows stay as many as they are.
 *
 * A group held in full is numbered from 1: equal keys meet. Where the group was cut on both sides of the
 * comparison, the two pieces are laid over each other as windows of one sequence. Pieces that do not
 * overlap add up; where a source may order its rows anew or drop some, as banks do within a day, only
 * unless that takes more identical rows to explain than rows that the source changed.
 * The one case that content cannot tell is a cut between two identical neighbours: it reads as an overlap.
 */
export function numberRun(
  stored: StoredGroup,
  run: readonly string[],
  edge: Edge,
  keepsOrder = false,
): number[] {
  if (edge === null || stored.rows.length === 0 || stored.edges.size === 0) return countUp(run, new Map())
  const sides = sidesOf(stored.edges, edge)
  const shift = bestShift(stored.rows, run, sides)
  if (shift !== undefined) return numberShifted(stored.rows, run, shift)
  const shared = sharedRows(stored.rows, run)
  const changed = stored.rows.length - shared
  const mostRepeats = sides.touch ? (keepsOrder ? run.length : Math.max(changed, 1)) : changed
  if (shared > mostRepeats) return countUp(run, new Map())
  return countUp(run, highest(stored.rows))
}

/** What is known of how two pieces lie in their group. */
interface Sides {
  storedStarts: boolean
  storedEnds: boolean
  runStarts: boolean
  runEnds: boolean
  /** One piece ends a file and the other begins one: they may be two halves. */
  touch: boolean
}

/** A piece that is a file of its own lies on the side of the group that the other piece leaves open. */
function sidesOf(edges: StoredGroup['edges'], edge: Exclude<Edge, null>): Sides {
  const only = edges.size === 1 ? [...edges][0] : undefined
  const isLate = edge === 'start' || (edge === 'both' && only === 'end')
  const isEarly = edge === 'end' || (edge === 'both' && only === 'start')
  return {
    storedStarts: only === 'end' || (only === 'both' && isLate),
    storedEnds: only === 'start' || (only === 'both' && isEarly),
    runStarts: isEarly,
    runEnds: isLate,
    touch: only !== undefined && (isLate || isEarly) && only !== edge,
  }
}

function countUp(run: readonly string[], counts: Map<string, number>): number[] {
  return run.map((key) => {
    const n = (counts.get(key) ?? 0) + 1
    counts.set(key, n)
    return n
  })
}

function highest(rows: readonly Numbered[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { key, n } of rows) counts.set(key, Math.max(counts.get(key) ?? 0, n))
  return counts
}

/** The start of the run relative to the start of what is stored, with the longest overlap that fits row by row. */
function bestShift(rows: readonly Numbered[], run: readonly string[], sides: Sides): number | undefined {
  let best: { shift: number; overlap: number } | undefined
  for (let shift = 1 - run.length; shift < rows.length; shift++) {
    const end = shift + run.length
    if (sides.storedStarts && shift < 0) continue
    if (sides.storedEnds && end > rows.length) continue
    if (sides.runStarts && shift > 0) continue
    if (sides.runEnds && end < rows.length) continue
    const overlap = Math.min(end, rows.length) - Math.max(shift, 0)
    if (overlap > (best?.overlap ?? 0) && fits(rows, run, shift)) best = { shift, overlap }
  }
  return best?.shift
}

function fits(rows: readonly Numbered[], run: readonly string[], shift: number): boolean {
  const end = Math.min(rows.length, shift + run.length)
  for (let at = Math.max(shift, 0); at < end; at++) {
    if (rows[at]?.key !== run[at - shift]) return false
  }
  return true
}

function numberShifted(rows: readonly Numbered[], run: readonly string[], shift: number): number[] {
  const counts = highest(rows)
  return run.map((key, index) => {
    const known = rows[index + shift]
    if (known) return known.n
    const n = (counts.get(key) ?? 0) + 1
    counts.set(key, n)
    return n
  })
}

function sharedRows(rows: readonly Numbered[], run: readonly string[]): number {
  const left = new Map<string, number>()
  for (const { key } of rows) left.set(key, (left.get(key) ?? 0) + 1)
  let shared = 0
  for (const key of run) {
    const count = left.get(key) ?? 0
    if (count === 0) continue
    left.set(key, count - 1)
    shared++
  }
  return shared
}
