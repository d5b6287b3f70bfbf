import { isDigit } from './found.ts'
import type { Range } from './plain.ts'

/** Runs of digits with at most `gap` other units between neighbours, none of which is a letter: one chain. */
export function digitChains(text: string, gap: number, isSeparator: (unit: string) => boolean): Range[][] {
  const chains: Range[][] = []
  let chain: Range[] = []
  let i = 0
  while (i < text.length) {
    if (!isDigit(text.charAt(i))) {
      i += 1
      continue
    }
    const start = i
    while (isDigit(text.charAt(i))) i += 1
    const previous = chain.at(-1)
    if (previous !== undefined && !isJoined(text, previous.end, start, gap, isSeparator)) {
      chains.push(chain)
      chain = []
    }
    chain.push({ start, end: i })
  }
  if (chain.length > 0) chains.push(chain)
  return chains
}

function isJoined(
  text: string,
  from: number,
  to: number,
  gap: number,
  isSeparator: (unit: string) => boolean,
): boolean {
  if (to - from > gap) return false
  for (let i = from; i < to; i += 1) if (!isSeparator(text.charAt(i))) return false
  return true
}

/** The digits of groups from `first` to `last`, and where they stand. */
export function digitsOf(text: string, chain: readonly Range[], first: number, last: number): string {
  let digits = ''
  for (let i = first; i <= last; i += 1) digits += text.slice(chain[i]?.start, chain[i]?.end)
  return digits
}
