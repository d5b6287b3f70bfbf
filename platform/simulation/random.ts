/** The same row of numbers, from 0 to below 1, for the same seed. */
export function randomOf(seed: string): () => number {
  let state = 2_166_136_261
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16_777_619)
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Random = ReturnType<typeof randomOf>

/** A whole number from `from` to `to`, both possible. */
export const between = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))

export function pick<T>(random: Random, all: readonly T[]): T {
  const found = all[Math.floor(random() * all.length)]
  if (found === undefined) throw new Error('there is nothing to pick from')
  return found
}

/** A new list in another order. */
export function shuffled<T>(random: Random, all: readonly T[]): T[] {
  const keyed = all.map((each) => ({ each, key: random() }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ each }) => each)
}
