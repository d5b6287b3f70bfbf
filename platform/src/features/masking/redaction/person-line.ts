import {
  isBrand,
  isCalendar,
  isCommon as isCommonAnywhere,
  isCommonInEnglish,
  isCountry,
  isEverydayName,
  isGiven,
  isWord,
} from './lexicon.ts'
import { type Plain, barrier } from './plain.ts'
import { type Token, tokensOf } from './tokens.ts'

/** A text as names are looked for in it. */
export interface Line {
  plain: Plain
  tokens: readonly Token[]
  /** Whether letter case says nothing here: not one capital, or hardly anything else. */
  isLower: boolean
  isUpper: boolean
  /** Whether the text reads as English, so that a word in no dictionary is likely a name. */
  isEnglish: boolean
  isSurelyEnglish: boolean
  /** Whether words of grammar stand between the others, unlike in a list of labels. */
  isProse: boolean
  /** German writes every noun with a capital. */
  isGerman: boolean
}

const english =
  /\b(?:the|and|is|are|was|to|of|for|with|you|your|my|i|we|please|this|that|have|has|not|it|on|at|be|can|will|from|her|his|she|he|an|by|as|in|wants|called|when)\b/g
const foreign =
  /\b(?:der|die|das|und|ist|nicht|ein|eine|mit|fur|von|zu|den|dem|ich|wir|sie|bitte|auf|le|la|les|et|est|une|des|du|pour|avec|je|nous|vous|dans|sur|el|los|las|y|es|por|para|con|una|il|che|di|per|non|sono|het|een|en|van|voor|niet|met|wij|och|att|som|og|er|det|til|nie|na|que|nao|com|os)\b/g

const german =
  /\b(?:der|die|das|und|ist|nicht|ein|eine|mit|fur|von|dem|ich|wir|sie|bitte|auf|im|am|zum|zur|vom|wurde|bei|uber|noch)\b/

export function lineOf(plain: Plain): Line {
  const tokens = tokensOf(plain)
  // What is redacted already had its own letters: it says that case cannot be relied on to be low throughout.
  let raised = plain.text.includes(barrier) ? 1 : 0
  let upper = 0
  let words = 0
  for (const token of tokens) {
    if (token.shape === 'number') continue
    words += 1
    if (token.shape === 'upper' && token.text.length > 2) upper += 1
    if (isRaised(token)) raised += 1
  }
  const ours = plain.folded.match(english)?.length ?? 0
  const theirs = plain.folded.match(foreign)?.length ?? 0
  return {
    plain,
    tokens,
    isLower: raised === 0,
    isUpper: upper > 0 && upper >= words * 0.5,
    isEnglish: ours >= theirs && words >= 3,
    isSurelyEnglish: ours > theirs,
    isProse: ours + theirs > 0,
    isGerman: german.test(plain.folded),
  }
}

export const isRaised = (token: Token): boolean => token.shape === 'title' || token.shape === 'upper'
export const isInitial = (token: Token): boolean => token.text.length === 1 && isRaised(token)

/** An everyday word of the text's own language, as far as that is known; a name may be one of another's. */
export function isCommon(line: Line, word: string): boolean {
  return line.isSurelyEnglish || (line.isEnglish && isGiven(word))
    ? isCommonInEnglish(word)
    : isCommonAnywhere(word)
}

const bigCities: ReadonlySet<string> = new Set(
  (
    'paris london berlin sydney florence vienna geneva milan milano lima chelsea victoria lincoln austin houston dallas ' +
    'orlando charlotte madison jackson lyon nancy brest cordoba santiago valencia adelaide perth darwin regina hamilton ' +
    'wellington nelson york kent essex devon bristol chester carlisle stirling lancaster windsor kingston lourdes troyes ' +
    'odessa asia africa europe america georgia virginia carolina dakota israel jordan chad savannah phoenix denver ' +
    'marina eden troy memphis salem trinidad bergen roma siena verona ravenna lorraine alsace saxony skye rhodes corfu ' +
    'delhi surat malaga leon toledo merida napoli lodi asti'
  ).split(' '),
)

export const isBigCity = (word: string): boolean => bigCities.has(word)

/** A given name that is no everyday word, place or brand. */
export function isStrongGiven(line: Line, word: string): boolean {
  if (isCalendar(word) || isBrand(word)) return false
  return (
    isEverydayName(word) || (isGiven(word) && !isCommon(line, word) && !isCountry(word) && !isBigCity(word))
  )
}

/** In no dictionary: a name of someone, something or somewhere. */
export function isUnknown(word: string): boolean {
  return word.length > 2 && !isWord(word) && !isBrand(word) && !isCountry(word)
}

export function gapAfter(line: Line, i: number): string {
  const token = line.tokens[i]
  const next = line.tokens[i + 1]
  return token && next ? line.plain.text.slice(token.end, next.start) : ''
}

/** The folded text up to a token, as far as its lead is read. */
export function textBefore(line: Line, i: number, length: number): string {
  const start = line.tokens[i]?.start ?? 0
  return line.plain.folded.slice(Math.max(0, start - length), start)
}

/** Part of a code such as EFE-3896-X or QA22KUKOV39. */
export function isBesideDigits({ plain }: Line, token: Token): boolean {
  const { text } = plain
  return (
    /\d[-_/]?$/.test(text.slice(Math.max(0, token.start - 2), token.start)) ||
    /^[-_/]?\d/.test(text.slice(token.end, token.end + 2))
  )
}

export function startsSentence(line: Line, i: number): boolean {
  const token = line.tokens[i]
  if (!token || i === 0) return true
  return /[.!?:\n•*-]\s*["'([]*$|^["(]/.test(line.plain.text.slice(Math.max(0, token.start - 4), token.start))
}

const determiners =
  /^(?:the|a|an|this|that|our|your|my|their|its|each|every|some|any|no|der|die|das|ein|eine|le|la|les|un|une|el|los|las|het|de|il|lo)$/

/** "the Rose": a thing rather than someone. */
export function isDetermined(line: Line, i: number): boolean {
  const previous = line.tokens[i - 1]
  return previous !== undefined && determiners.test(previous.folded) && /^ +$/.test(gapAfter(line, i - 1))
}
