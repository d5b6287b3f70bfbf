import { isCalendar, isEverydayName, isGiven, isSurname, isSurnameLike, isTrade } from './lexicon.ts'
import { organisationWords } from './person-context.ts'
import {
  type Line,
  gapAfter,
  isBesideDigits,
  isCommon,
  isInitial,
  isRaised,
  isStrongGiven,
  isUnknown,
} from './person-line.ts'
import { type Token, bareEnd } from './tokens.ts'

export const nameParticles: ReadonlySet<string> = new Set(
  'van von vom zu zur der den de del della di da dos das du la le el al bin bint ibn ben ter ten op st san mac mc o y af av dell dela'.split(
    ' ',
  ),
)
const credentials = /^(?:md|phd|jr|sr|ii|iii|iv|esq|dds|dvm|mba|msc|bsc|rn|cpa)$/
const shortNames = /^(?:li|wu|xu|yu|ng|lu|ma|ho|he|ko|oh|vu|ly|le|lo|jo|bo|al|ed|md)$/
const mostWords = 5

const isNameGap = (gap: string): boolean => /^(?:[ ]{1,2}|-|\.[ ]{0,2}|'|[ ]?"|"[ ])$/.test(gap)

/** Whether the word may stand in a name that has begun. */
export function continuesName(line: Line, i: number): boolean {
  const token = line.tokens[i]
  if (!token || token.shape === 'number' || isBesideDigits(line, token)) return false
  const word = token.folded
  if (organisationWords.test(word) && isRaised(token) && !isGiven(word)) return false
  if (isInitial(token)) return word !== 'i' && !(line.isUpper && word === 'a')
  if (isCalendar(word)) return false
  if (line.isUpper && !isRaised(token)) return false
  if (isEverydayName(word)) return line.isLower || isRaised(token)
  if (line.isLower || line.isUpper) {
    return (
      (isSurname(word) && line.isUpper) ||
      (!isCommon(line, word) && (isGiven(word) || isSurnameLike(word) || isUnknown(word)))
    )
  }
  if (!isRaised(token)) return false
  if (shortNames.test(word)) return token.shape === 'title'
  return !isCommon(line, word) || isSurname(word) || isGiven(word)
}

/** "Lucas Barber": an everyday word, capitalised in mid-sentence behind a given name. */
function isWordAsSurname(line: Line, i: number): boolean {
  const token = line.tokens[i]
  if (
    !token ||
    (!line.isEnglish && !line.isUpper) ||
    !isRaised(token) ||
    (token.shape === 'upper' && !line.isUpper) ||
    token.text.length < 3
  )
    return false
  return !isCalendar(token.folded) && !isTrade(token.folded) && !organisationWords.test(token.folded)
}

function isAbbreviated(token: Token | undefined): boolean {
  return (
    token !== undefined &&
    (token.text.length <= 2 || /^(?:jr|sr|dr|prof|mrs|mr|ms|ing|mag|dipl|phil|med|st)$/i.test(token.text))
  )
}

function afterParticles(line: Line, i: number): number {
  let next = i
  while (
    next < i + 3 &&
    nameParticles.has(line.tokens[next]?.folded ?? '') &&
    gapAfter(line, next).length <= 2
  )
    next += 1
  return next
}

/** The index behind the last word of a name whose first word, whatever it is, is `from`. */
export function nameEnd(line: Line, from: number, isSure: boolean): number {
  const begins = line.tokens[from]
  const mayBeWord =
    begins !== undefined &&
    (isSure || (!line.isUpper && isRaised(begins) && isStrongGiven(line, begins.folded)))
  let i = from + 1
  while (i < line.tokens.length && i - from < mostWords) {
    const previous = line.tokens[i - 1]
    const gap = gapAfter(line, i - 1)
    if (!previous || !isNameGap(gap) || (gap.startsWith('.') && !isAbbreviated(previous))) break
    if (bareEnd(previous) !== previous.end) break
    if (continuesName(line, i) || (mayBeWord && i === from + 1 && isWordAsSurname(line, i))) {
      i += 1
      continue
    }
    const next = afterParticles(line, i)
    if (next === i || !continuesName(line, next)) break
    i = next + 1
  }
  return withCredentials(line, i)
}

function withCredentials(line: Line, end: number): number {
  const next = line.tokens[end]
  return next && isRaised(next) && credentials.test(next.folded) && /^,?[ ]$/.test(gapAfter(line, end - 1))
    ? end + 1
    : end
}

/** "Surname, Given": the index behind the given name; `i` itself when it is not that. */
export function reversedEnd(line: Line, i: number): number {
  const next = line.tokens[i + 1]
  if (!next || !/^,[ ]{0,2}$/.test(gapAfter(line, i)) || !isRaised(next)) return i
  const isName = isStrongGiven(line, next.folded) || (isGiven(next.folded) && !isCommon(line, next.folded))
  return isName ? nameEnd(line, i + 1, false) : i
}

/** A name that something announced: begins with particles too, and runs over the comma of "Surname, Given". */
export function announcedEnd(line: Line, i: number, isSure: boolean): number {
  const end = nameEnd(line, afterParticles(line, i), isSure)
  const next = line.tokens[end]
  const isReversed = end <= i + 4 && next && isRaised(next) && /^,[ ]{1,2}$/.test(gapAfter(line, end - 1))
  if (!isReversed || startsClause(line, end)) return end
  return isGiven(next.folded) || isUnknown(next.folded) ? nameEnd(line, end, false) : end
}

/** "Dear Smith, Anna will call": behind the comma begins something else. */
function startsClause(line: Line, i: number): boolean {
  const next = line.tokens[i + 1]
  return next !== undefined && next.shape === 'lower' && /^[ ]+$/.test(gapAfter(line, i))
}

/** The first word of a name behind its particles ("van der Voet"). */
export function headOf(line: Line, i: number): number {
  return afterParticles(line, i)
}
