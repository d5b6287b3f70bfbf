import { type Detector, type Found } from './found.ts'
import {
  isBrand,
  isCalendar,
  isCommonInEnglish,
  isCountry,
  isEverydayName,
  isGiven,
  isPlace,
  isSurname,
  isSurnameLike,
  isTrade,
  isWord,
} from './lexicon.ts'
import {
  afterClosing,
  afterGreeting,
  afterIntroduction,
  afterKin,
  afterOwnKin,
  afterSalutation,
  afterSource,
  afterTitle,
  isLooseIntroduction,
  organisationWords,
  personVerbs,
} from './person-context.ts'
import { announcedEnd, continuesName, headOf, nameEnd, nameParticles, reversedEnd } from './person-extent.ts'
import {
  type Line,
  gapAfter,
  isBesideDigits,
  isBigCity,
  isCommon,
  isDetermined,
  isInitial,
  isRaised,
  isStrongGiven,
  isUnknown,
  lineOf,
  startsSentence,
  textBefore,
} from './person-line.ts'
import { barrier } from './plain.ts'
import { type Token, bareEnd } from './tokens.ts'

/** How much the words before say: behind a title nearly anything is a name, behind a greeting what looks like one. */
type Lead = 'title' | 'sure' | 'likely'

function leadBefore(line: Line, i: number): Lead | undefined {
  const token = line.tokens[i]
  if (!token) return undefined
  const before = textBefore(line, i, 48)
  if (afterTitle.test(before)) {
    const isName = isRaised(token) && !line.isUpper
    return isName || !afterSalutation.test(before) ? 'title' : undefined
  }
  if (afterIntroduction.test(before)) return isLooseIntroduction.test(before) ? 'likely' : 'sure'
  if (afterClosing.test(before) || afterGreeting.test(before) || afterKin.test(before)) return 'likely'
  return undefined
}

function isAnnounced(line: Line, i: number, lead: Lead): boolean {
  const token = line.tokens[headOf(line, i)]
  if (!token || token.shape === 'number' || isBesideDigits(line, token)) return false
  const word = token.folded
  if (isInitial(token) && (word === 'i' || (word === 'a' && line.isUpper))) return false
  if (organisationWords.test(word) && !isGiven(word)) return false
  if (lead === 'likely') return isLikelyAnnounced(line, i, token)
  if (isCalendar(word))
    return (
      isRaised(token) && isGiven(word) && !/^[ ]?\d/.test(line.plain.text.slice(token.end, token.end + 2))
    )
  if (!isRaised(token))
    return isStrongGiven(line, word) || isUnknown(word) || (isGiven(word) && nameEnd(line, i, false) > i + 1)
  if (lead === 'title') {
    const isOrdinary = isCommon(line, word) && afterSalutation.test(textBefore(line, i, 20))
    return (token.shape === 'title' || !isTrade(word)) && (!isOrdinary || isGiven(word))
  }
  return !isCommon(line, word) || isGiven(word) || isSurname(word)
}

function isLikelyAnnounced(line: Line, i: number, token: Token): boolean {
  const word = token.folded
  if (isCalendar(word)) return isRaised(token) && isGiven(word) && nameEnd(line, i, false) > i + 1
  if (isBrand(word) || isTrade(word)) return false
  const before = textBefore(line, i, 24)
  const end = nameEnd(line, i, false)
  const isPair = end > i + 1
  const isElsewhere = (isBigCity(word) || isCountry(word)) && !isPair
  if (isElsewhere && !afterOwnKin.test(before)) return false
  if (afterSource.test(before) && !isPair && !isGiven(word) && (isPlace(word) || !isSurnameLike(word)))
    return false
  if (line.isLower || line.isUpper || !isRaised(token)) {
    if (isStrongGiven(line, word) || (isUnknown(word) && isSurnameLike(word))) return true
    if (line.isUpper) return (isUnknown(word) || isGiven(word)) && isPair
    return line.isLower && line.isEnglish && isUnknown(word)
  }
  return !isCommon(line, word) || isEverydayName(word) || isGiven(word) || isSurname(word)
}

const afterGiving = /(?:^|[^a-z])(?:to|for|by|with|and|that)[ ]$/

function isFollowedByPerson(line: Line, end: number): boolean {
  const last = line.tokens[end - 1]
  if (!last) return false
  const after = line.plain.folded.slice(last.end, last.end + 40)
  return personVerbs.test(after) || bareEnd(last) !== last.end
}

/** "in Monroe", "from Niger": where something is rather than who. */
function isAtPlace(line: Line, i: number): boolean {
  const somewhere =
    /(?:^|[^a-z])(?:in|at|from|near|to|via|around|outside|of|visit|into|towards|using|through|i|in der|aus|nach|bei|a|en|te|naar)[ ]$/
  return somewhere.test(textBefore(line, i, 16)) || isPlace(line.tokens[i]?.folded ?? '')
}

/** "in Monroe", "near Elizabeth": a preposition that people do not take. */
function isInPlace(line: Line, i: number): boolean {
  return /(?:^|[^a-z])(?:in|at|near|around|outside|inside|through|via|towards|visit|nach|aus|en|te|a)[ ]$/.test(
    textBefore(line, i, 12),
  )
}

/** The index behind a name told from its own words alone; `i` itself when there is none. */
function ownName(line: Line, i: number): number {
  const token = line.tokens[i]
  if (!token || token.shape === 'number' || !continuesName(line, i)) return i
  const end = nameEnd(line, i, false)
  if (line.isLower) return isLowerName(line, i, end) ? end : i
  if (!isRaised(token)) return i
  if (line.isUpper) return isUpperName(line, i, end) ? end : i
  const word = token.folded
  const rest = line.tokens.slice(i + 1, end)
  if (isOrder(line, i)) return i
  if (isStrongGiven(line, word)) {
    const isTown = isPlace(word) && isInPlace(line, i)
    return rest.length > 0 || isEverydayName(word) || !isTown ? end : i
  }
  const isFull = rest.some((each) => isSurnameLike(each.folded) || isUnknown(each.folded) || isInitial(each))
  if (isGiven(word) && isFull && !isDetermined(line, i)) return end
  if (isInitial(token) && isNameAfterInitials(line, rest)) return end
  if (isSurnameLike(word) && !isTrade(word)) {
    const reversed = reversedEnd(line, i)
    if (reversed > i) return reversed
  }
  if (isSurnameLike(word) && !isCommon(line, word)) {
    if (rest.some((each) => isGiven(each.folded) || isInitial(each) || isSurnameLike(each.folded))) return end
  }
  return isLoneName(line, i, end) ? end : i
}

/** "Mark the box", "Bill them": a verb at the head of its sentence. */
function isOrder(line: Line, i: number): boolean {
  const next = line.tokens[i + 1]
  if (!next || !startsSentence(line, i) || gapAfter(line, i) !== ' ') return false
  return (
    /^(?:the|a|an|this|that|these|those|my|our|your|his|her|their|it|them|us|me|him|all|each|every|both|any|as|with)$/.test(
      next.text,
    ) && isCommonInEnglish(line.tokens[i]?.folded ?? '')
  )
}

function isNameAfterInitials(line: Line, rest: readonly Token[]): boolean {
  return rest.some(
    (each) =>
      each.text.length > 2 && (isSurnameLike(each.folded) || (isUnknown(each.folded) && line.isEnglish)),
  )
}

/** A surname by itself, or words that nothing else explains, where a person would be spoken of. */
function isLoneName(line: Line, i: number, end: number): boolean {
  const token = line.tokens[i]
  if (!token || isDetermined(line, i) || isCalendar(token.folded) || isBrand(token.folded)) return false
  const word = token.folded
  const isMiddle = !startsSentence(line, i)
  const isPerson = isFollowedByPerson(line, end)
  if (isCommon(line, word) || isBigCity(word) || isCountry(word)) {
    return isGiven(word) && isPerson && isMiddle && !isPlace(word)
  }
  const isElsewhere = isAtPlace(line, i)
  if (isSurnameLike(word) && /^[a-z]+$/.test(word) && (isMiddle || isPerson) && !isWord(word) && !isElsewhere)
    return true
  if ((!line.isEnglish && line.isGerman) || !isUnknown(word) || token.shape === 'upper') return false
  if (isPerson && line.isEnglish) return true
  const names = line.tokens.slice(i, end).filter((each) => !nameParticles.has(each.folded))
  const isPair =
    names.length > 1 && names.every((each) => each.shape === 'title' && !isCommon(line, each.folded))
  if (isPair)
    return line.isProse && isMiddle && !isInPlace(line, i) && !names.every((each) => isPlace(each.folded))
  // A lone word in no dictionary: something is done for, by or to it.
  return (
    line.isSurelyEnglish &&
    token.shape === 'title' &&
    token.text.length > 3 &&
    !isPlace(word) &&
    afterGiving.test(textBefore(line, i, 10))
  )
}

// Dictionaries list them, but in lower case they are names all the same.
const firmNames = /^(?:harry|martin|mike|victor|peter|kelly|lily|lilly)$/

function isLowerName(line: Line, i: number, end: number): boolean {
  const word = line.tokens[i]?.folded ?? ''
  if (isDetermined(line, i) || word.length <= 3) return false
  if (
    isStrongGiven(line, word) &&
    (!isWord(word) || (isEverydayName(word) && !isCommonInEnglish(word)) || firmNames.test(word))
  )
    return true
  return (
    isUnknown(word) &&
    line.tokens.slice(i + 1, end).some((each) => isSurnameLike(each.folded) && isUnknown(each.folded))
  )
}

function isUpperName(line: Line, i: number, end: number): boolean {
  const words = line.tokens.slice(i, end)
  const names = words.filter((each) => each.text.length > 1)
  const given = names.filter((each) => isStrongGiven(line, each.folded))
  const others = words.filter((each) => !given.includes(each))
  if (given.length > 1) return true
  if (given.length === 1) {
    return others.some(
      (each) => isSurnameLike(each.folded) || isUnknown(each.folded) || each.text.length === 1,
    )
  }
  const isSurnameAlone = (each: Token): boolean =>
    isSurname(each.folded) && !isWord(each.folded) && !isPlace(each.folded)
  if (words.length > names.length) return names.length > 0 && names.every(isSurnameAlone)
  if (names.length < 2 || !names.every((each) => isUnknown(each.folded) || isSurname(each.folded)))
    return false
  return names.some((each) => isUnknown(each.folded) && isSurnameLike(each.folded))
}

/** Whether the words from `from` up to `end` are the name of a firm, by the word behind them. */
function isFirm(line: Line, from: number, end: number): boolean {
  const next = line.tokens[end]
  const isBefore =
    next && (isRaised(next) || line.isLower) && organisationWords.test(next.folded) && !isGiven(next.folded)
  if (isBefore && /^[ ,&+-]{1,3}$/.test(gapAfter(line, end - 1))) return true
  const last = line.tokens[end - 1]
  return (
    last !== undefined &&
    end - from > 1 &&
    organisationWords.test(last.folded) &&
    !isSurname(last.folded) &&
    !isGiven(last.folded)
  )
}

function found(line: Line, from: number, end: number): Found | undefined {
  const first = line.tokens[from]
  const last = line.tokens[end - 1]
  if (!first || !last || isFirm(line, from, end)) return undefined
  if (line.plain.text.slice(first.start, last.end).includes(barrier)) return undefined
  return { kind: 'person', start: first.start, end: bareEnd(last) }
}

/** An everyday word in lower case, which is no name whatever stands before it. */
function isPlainWord(line: Line, token: Token): boolean {
  const { folded } = token
  return token.shape === 'lower' && isCommon(line, folded) && !isGiven(folded) && !nameParticles.has(folded)
}

/** Names of people, by what stands before and after them, by lists of names, and by being no other word. */
export const detectPerson: Detector = (plain) => {
  const line = lineOf(plain)
  const out: Found[] = []
  for (let i = 0; i < line.tokens.length; i += 1) {
    const token = line.tokens[i]
    if (!token || token.shape === 'number' || isPlainWord(line, token) || isBesideDigits(line, token))
      continue
    const lead = leadBefore(line, i)
    const isNamed = lead !== undefined && isAnnounced(line, i, lead)
    const end = isNamed ? announcedEnd(line, i, lead !== 'likely' || line.isUpper) : ownName(line, i)
    if (end <= i) continue
    const name = found(line, i, end)
    if (name) out.push(name)
    i = end - 1
  }
  return out
}
