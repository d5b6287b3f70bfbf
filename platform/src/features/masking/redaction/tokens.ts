import { foldWord } from './fold.ts'
import type { Plain, Range } from './plain.ts'

export interface Token extends Range {
  text: string
  /** As names are compared; a possessive ending is left off. */
  folded: string
  shape: 'lower' | 'title' | 'upper' | 'number'
}

const wordOrNumber = /\p{L}[\p{L}\p{M}]*(?:'[\p{L}\p{M}]+)*|\d+/gu

function shapeOf(text: string): Token['shape'] {
  if (/^\d/.test(text)) return 'number'
  const first = text.charAt(0)
  if (first === first.toLowerCase()) return 'lower'
  return text.length > 1 && text === text.toUpperCase() ? 'upper' : 'title'
}

/** Words and numbers in order. An apostrophe joins, a hyphen parts. */
export function tokensOf(plain: Plain): Token[] {
  const tokens: Token[] = []
  for (const match of plain.text.matchAll(wordOrNumber)) {
    const text = match[0]
    const end = match.index + text.length
    const folded = foldWord(text.replace(/'s$/i, ''))
    tokens.push({ start: match.index, end, text, folded, shape: shapeOf(text) })
  }
  return tokens
}

/** Where a word ends without its possessive ending. */
export function bareEnd(token: Token): number {
  return /'s$/i.test(token.text) ? token.end - 2 : token.end
}
