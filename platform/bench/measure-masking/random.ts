/** A seeded source of numbers: the same seed gives the same corpus on every machine. */
export interface Random {
  /** 0 up to, and not including, `below`. */
  below(below: number): number
  pick<T>(items: readonly T[]): T
  digits(count: number): string
  letters(count: number): string
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const string = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet[below(alphabet.length)]).join('')
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from: the list is empty')
      return item
    },
    digits: (count) => string('0123456789', count),
    letters: (count) => string('ABCDEFGHIJKLMNOPQRSTUVWXYZ', count),
  }
}
