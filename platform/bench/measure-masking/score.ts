import type { Found } from '../../src/features/masking/redaction/found.ts'

/** A personal value in a text and where it stands. */
export interface Truth {
  type: string
  start: number
  end: number
}

export interface Case {
  text: string
  truths: Truth[]
}

export interface Cut {
  start: number
  end: number
  kind: string
}

/** Where the redactor cuts, each with its kind: a kind of segment, or the dataset of the record that is named. */
export function cutsOf(found: readonly Found[]): Cut[] {
  return found.map(({ start, end, kind, record }) => ({ start, end, kind: record?.dataset ?? kind }))
}

export interface Tally {
  /** Values to find, those of which no letter or digit is left, and those found under their own kind. */
  n: number
  removed: number
  typed: number
  /** Cuts made under this kind, and those of them that cut something personal. */
  cuts: number
  right: number
}

export type Board = Map<string, Tally>

export function tallyOf(board: Board, type: string): Tally {
  let tally = board.get(type)
  if (!tally) {
    tally = { n: 0, removed: 0, typed: 0, cuts: 0, right: 0 }
    board.set(type, tally)
  }
  return tally
}

/** Whether every letter and digit of the value lies inside a cut. */
export function isRemoved(text: string, truth: Truth, cuts: readonly Cut[]): boolean {
  for (let i = truth.start; i < truth.end; i += 1) {
    if (!/[\p{L}\p{N}]/u.test(text.charAt(i))) continue
    if (!cuts.some((cut) => cut.start <= i && i < cut.end)) return false
  }
  return true
}

const overlaps = (a: Truth | Cut, b: Truth | Cut): boolean => a.start < b.end && b.start < a.end

/** A cut that names the record of a customer or supplier is as good as one that names the kind. */
const datasets = new Set(['customers', 'suppliers'])

export function scoreCase(
  board: Board,
  { text, truths }: Case,
  cuts: readonly Cut[],
  kindOf: (type: string) => string,
): void {
  for (const truth of truths) {
    const tally = tallyOf(board, truth.type)
    tally.n += 1
    if (isRemoved(text, truth, cuts)) tally.removed += 1
    if (
      cuts.some((cut) => overlaps(cut, truth) && (cut.kind === kindOf(truth.type) || datasets.has(cut.kind)))
    )
      tally.typed += 1
  }
  for (const cut of cuts) {
    const tally = tallyOf(board, cut.kind)
    tally.cuts += 1
    if (truths.some((truth) => overlaps(cut, truth))) tally.right += 1
  }
}

/** Wilson's 95 % interval of `hits` out of `n`. */
export function wilson(hits: number, n: number): [number, number] {
  if (n === 0) return [0, 1]
  const z = 1.959964
  const p = hits / n
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}
