import type { GuestTools } from './tools.ts'

/** `Math.random` as xoshiro128**, 53 bits of two draws (Blackman and Vigna, https://prng.di.unimi.it). */
export function seedRandom({ replaceMethod }: GuestTools) {
  const { imul } = Math
  const state = new Uint32Array(4)

  const draw = () => {
    const product = imul(state[1]!, 5)
    const drawn = imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = state[1]! << 9
    state[2]! ^= state[0]!
    state[3]! ^= state[1]!
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= shifted
    state[3] = (state[3]! << 11) | (state[3]! >>> 21)
    return drawn
  }
  replaceMethod(Math, 'random', () => () => ((draw() >>> 5) * 67108864 + (draw() >>> 6)) / 9007199254740992)

  return (seed0: number, seed1: number, seed2: number, seed3: number) => {
    state[0] = seed0
    state[1] = seed1
    state[2] = seed2
    state[3] = seed3
  }
}
