export type Dice = () => number

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function dice(seed: number): Dice {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of several, by the throw of a die. */
export function pick<T>(from: readonly [T, ...T[]] | readonly T[], roll: Dice): T {
  return from[Math.floor(roll() * from.length)] as T
}

/** A whole number between two, both included. */
export function between(low: number, high: number, roll: Dice): number {
  return low + Math.floor(roll() * (high - low + 1))
}

const hex8 = (roll: Dice) =>
  Math.floor(roll() * 4_294_967_296)
    .toString(16)
    .padStart(8, '0')

/** A pseudonym that looks as real ones do. */
export function pseudonym(prefix: string, roll: Dice): string {
  return `${prefix}_${hex8(roll)}${hex8(roll)}${hex8(roll)}${hex8(roll)}`
}
