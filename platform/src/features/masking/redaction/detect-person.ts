import { type Detector, type Found } from './found.ts'
import {
  isBrand,
  isCalendar,
  isCommon,
  isCountry,
  isEverydayName,
  isGiven,
  isPlace,
  isSurname,
  isSurnameLike,
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
import { type Plain, barrier } from './plain.ts'
import { type Token, bareEnd, tokensOf } from './tokens.ts'

const nameParticles =
  /^(?:van|von|vom|zu|zur|der|den|de|del|della|di|da|dos|das|du|la|le|el|al|bin|bint|ibn|ben|ter|ten|op|st|san|mac|mc|o|y|af|av|dell|dela)$/
const mostWords = 5

interface Line {
  plain: Plain
  tokens: readonly Token[]
  /** Whether letter case says nothing here: hardly any capital, or hardly anything else. */
  isLower: boolean
  isUpper: boolean
  /** Whether the text reads as English, so that a word in no dictionary is likely a name. */
  isEnglish: boolean
}

const isRaised = (token: Token): boolean => token.shape === 'title' || token.shape === 'upper'
const isInitial = (token: Token): boolean => token.text.length === 1 && isRaised(token)
const isAsciiWord = (word: string): boolean => /^[a-z]+$/.test(word)

/** A given name that is no everyday word, place or brand. */
function isStrongGiven(word: string): boolean {
  if (isCalendar(word) || isBrand(word)) return false
  return isEverydayName(word) || (isGiven(word) && !isCommon(word) && !isCountry(word) && !isBigCity(word))
}

const bigCities = new Set(
  'paris london berlin sydney florence vienna geneva milan milano lima chelsea victoria lincoln austin houston dallas orlando charlotte madison jackson lyon nancy brest cordoba santiago valencia adelaide perth darwin regina hamilton wellington nelson york kent essex devon york bristol chester carlisle stirling lancaster windsor kingston lourdes troyes sofia odessa asia africa europe america georgia virginia carolina dakota israel jordan chad china india cuba malta kenya ireland holland savannah phoenix denver marina eden troy memphis salem trinidad bergen roma siena verona ravenna lorraine alsace saxony skye rhodes corfu delhi surat malaga leon toledo merida roma napoli lodi asti'.split(
    ' ',
  ),
)
const isBigCity = (word: string): boolean => bigCities.has(word)

/** In no dictionary: a name of someone, something or somewhere. */
function isUnknown(word: string): boolean {
  return word.length > 2 && !isWord(word) && !isBrand(word) && !isCountry(word)
}

function gapAfter(line: Line, i: number): string {
  const token = line.tokens[i]
  const next = line.tokens[i + 1]
  return token && next ? line.plain.text.slice(token.end, next.start) : ''
}

const isNameGap = (gap: string): boolean => /^(?:[ ]{1,2}|-|\.[ ]{0,2}|'|[ ]?"|"[ ])$/.test(gap)

/** Whether the word may go on a name that has begun. */
function continuesName(line: Line, i: number): boolean {
  const token = line.tokens[i]
  if (!token || token.shape === 'number' || (organisationWords.test(token.folded) && isRaised(token)))
    return false
  const word = token.folded
  if (isInitial(token)) return word !== 'i' && !(line.isUpper && word === 'a')
  if (isCalendar(word)) return false
  if (line.isLower || line.isUpper)
    return !isCommon(word) && (isGiven(word) || isSurnameLike(word) || isUnknown(word))
  if (!isRaised(token)) return false
  if (/^(?:li|wu|xu|yu|ng|lu|ma|ho|he|ko|oh|vu|ly|le|lo|jo|bo|al|ed)$/.test(word))
    return token.shape === 'title'
  return !isCommon(word) || isSurname(word) || isGiven(word)
}

/** The index behind the last word of a name that begins at `from`. */
function nameEnd(line: Line, from: number, isFirstSure: boolean): number {
  let i = isFirstSure || continuesName(line, from) ? from + 1 : from
  if (i === from) return from
  while (i < line.tokens.length && i - from < mostWords) {
    const gap = gapAfter(line, i - 1)
    if (!isNameGap(gap) || (gap.startsWith('.') && !isInitialOrTitle(line.tokens[i - 1]))) break
    const previous = line.tokens[i - 1]
    if (previous && bareEnd(previous) !== previous.end) break
    if (continuesName(line, i)) {
      i += 1
      continue
    }
    let next = i
    while (
      next < i + 3 &&
      nameParticles.test(line.tokens[next]?.folded ?? '') &&
      gapAfter(line, next).length <= 2
    )
      next += 1
    if (next === i || !continuesName(line, next)) break
    i = next + 1
  }
  return i
}

function isInitialOrTitle(token: Token | undefined): boolean {
  return (
    token !== undefined &&
    (token.text.length <= 2 || /^(?:jr|sr|dr|prof|mrs|mr|ms|ing|mag|dipl|phil|med|st)$/i.test(token.text))
  )
}

/** Whether the words from `from` up to `end` are the name of a firm, by the word behind them. */
function isFirm(line: Line, from: number, end: number): boolean {
  const next = line.tokens[end]
  if (
    next &&
    isRaised(next) &&
    organisationWords.test(next.folded) &&
    /^[ ,&+-]{1,3}$/.test(gapAfter(line, end - 1))
  )
    return true
  const last = line.tokens[end - 1]
  return (
    last !== undefined && end - from > 1 && organisationWords.test(last.folded) && !isSurname(last.folded)
  )
}

function startsSentence(line: Line, i: number): boolean {
  const token = line.tokens[i]
  if (!token || i === 0) return true
  return /[.!?:\n•*-]\s*["'([]*$|^["(]/.test(line.plain.text.slice(Math.max(0, token.start - 4), token.start))
}

/** What the words before say: a title or an introduction makes almost anything a name. */
function leadBefore(line: Line, i: number): 'sure' | 'likely' | undefined {
  const token = line.tokens[i]
  if (!token) return undefined
  const before = line.plain.folded.slice(Math.max(0, token.start - 48), token.start)
  if (afterTitle.test(before)) return isRaised(token) || !afterSalutation.test(before) ? 'sure' : undefined
  if (afterIntroduction.test(before)) return isLooseIntroduction.test(before) ? 'likely' : 'sure'
  if (afterClosing.test(before) || afterGreeting.test(before) || afterKin.test(before)) return 'likely'
  return undefined
}

function isNameByLead(line: Line, i: number, lead: 'sure' | 'likely'): boolean {
  const token = line.tokens[i]
  if (!token || token.shape === 'number') return false
  const word = token.folded
  if (isCalendar(word) || organisationWords.test(word)) return false
  if (lead === 'sure')
    return isRaised(token)
      ? !isCommon(word) || isGiven(word) || isSurname(word)
      : isStrongGiven(word) || isUnknown(word)
  const before = line.plain.folded.slice(Math.max(0, token.start - 24), token.start)
  const isPair = nameEnd(line, i, true) > i + 1
  if (isBrand(word) || ((isBigCity(word) || isCountry(word)) && !isPair && !afterOwnKin.test(before)))
    return false
  if (afterSource.test(before) && !isPair && !isGiven(word) && (isPlace(word) || !isSurnameLike(word)))
    return false
  if (line.isLower || line.isUpper || !isRaised(token))
    return (
      isStrongGiven(word) ||
      (isUnknown(word) && isSurnameLike(word)) ||
      (line.isLower && isUnknown(word) && line.isEnglish)
    )
  return !isCommon(word) || isEverydayName(word) || ((isGiven(word) || isSurname(word)) && !line.isUpper)
}

function isFollowedByPerson(line: Line, end: number): boolean {
  const last = line.tokens[end - 1]
  if (!last) return false
  const after = line.plain.folded.slice(last.end, last.end + 40)
  return personVerbs.test(after) || bareEnd(last) !== last.end
}

function isDetermined(line: Line, i: number): boolean {
  const previous = line.tokens[i - 1]
  return (
    previous !== undefined &&
    /^(?:the|a|an|this|that|our|your|my|their|its|each|every|some|any|no|der|die|das|ein|eine|le|la|les|un|une|el|los|las|het|de|il|lo)$/.test(
      previous.folded,
    ) &&
    /^ +$/.test(gapAfter(line, i - 1))
  )
}

/** A name told from its own words: given name first, surname first, initials, or two words that nothing else explains. */
function ownName(line: Line, i: number): number {
  const token = line.tokens[i]
  if (!token || token.shape === 'number') return i
  const word = token.folded
  const end = nameEnd(line, i, true)
  const next = line.tokens[i + 1]
  const isPair = end > i + 1 && next !== undefined
  if (line.isLower) return lowerName(line, i, end)
  if (!isRaised(token)) return i
  const isRest =
    isPair &&
    line.tokens
      .slice(i + 1, end)
      .some((each) => isSurnameLike(each.folded) || isUnknown(each.folded) || isInitial(each))
  if (line.isUpper) return upperName(line, i, end)
  if (isStrongGiven(word))
    return isPair || isEverydayName(word) || !isAtPlace(line, i) || !isSurname(word) ? end : i
  if (isGiven(word) && isRest && !isDetermined(line, i)) return end
  if (isInitial(token) && isPair && isNameAfterInitials(line, i, end)) return end
  if (isSurnameLike(word) && !isCommon(word)) {
    const isFirst =
      isPair &&
      line.tokens
        .slice(i + 1, end)
        .some((each) => isGiven(each.folded) || isInitial(each) || isSurnameLike(each.folded))
    if (isFirst || reversedEnd(line, i) > i) return Math.max(end, reversedEnd(line, i))
  }
  return loneName(line, i, end)
}

function isNameAfterInitials(line: Line, i: number, end: number): boolean {
  return line.tokens
    .slice(i + 1, end)
    .some(
      (each) =>
        each.text.length > 2 && (isSurnameLike(each.folded) || (isUnknown(each.folded) && line.isEnglish)),
    )
}

/** "Surname, Given": the index behind the given name. */
function reversedEnd(line: Line, i: number): number {
  const next = line.tokens[i + 1]
  if (!next || !/^,[ ]{0,2}$/.test(gapAfter(line, i)) || !isRaised(next)) return i
  if (isStrongGiven(next.folded) || (isGiven(next.folded) && !isCommon(next.folded)))
    return nameEnd(line, i + 1, true)
  return i
}

function loneName(line: Line, i: number, end: number): number {
  const token = line.tokens[i]
  if (!token || isDetermined(line, i) || isCalendar(token.folded) || isBrand(token.folded)) return i
  const word = token.folded
  const isMiddle = !startsSentence(line, i)
  const isPerson = isFollowedByPerson(line, end)
  if (isCommon(word) || isBigCity(word) || isCountry(word))
    return isGiven(word) && isPerson && isMiddle && !isPlace(word) ? end : i
  if (
    isSurnameLike(word) &&
    isAsciiWord(word) &&
    (isMiddle || isPerson) &&
    !isWord(word) &&
    !isAtPlace(line, i)
  )
    return end
  if (!line.isEnglish || !isUnknown(word) || token.shape === 'upper') return i
  if (isPerson) return end
  const isPair =
    end === i + 2 &&
    line.tokens.slice(i, end).every((each) => isUnknown(each.folded) && each.shape === 'title')
  return isPair && isMiddle && !isAtPlace(line, i) ? end : i
}

/** "in Monroe", "from Niger": where something is rather than who. */
function isAtPlace(line: Line, i: number): boolean {
  const token = line.tokens[i]
  const before = line.plain.folded.slice(Math.max(0, (token?.start ?? 0) - 16), token?.start ?? 0)
  return (
    /(?:^|[^a-z])(?:in|at|from|near|to|via|around|outside|of|visit|into|towards|using|through|i|in der|aus|nach|bei|a|en|te|naar)[ ]$/.test(
      before,
    ) || isPlace(token?.folded ?? '')
  )
}

function lowerName(line: Line, i: number, end: number): number {
  const word = line.tokens[i]?.folded ?? ''
  const isSure = isStrongGiven(word) && (!isWord(word) || isEverydayName(word)) && word.length > 3
  if (!isSure || isDetermined(line, i)) return i
  return end
}

function upperName(line: Line, i: number, end: number): number {
  const words = line.tokens.slice(i, end)
  const names = words.filter((each) => each.text.length > 1)
  const given = names.filter((each) => isStrongGiven(each.folded))
  if (
    given.length > 0 &&
    words.length > 1 &&
    words.some(
      (each) =>
        !given.includes(each) &&
        (isSurnameLike(each.folded) || isUnknown(each.folded) || each.text.length === 1),
    )
  )
    return end
  if (given.length > 1) return end
  const hasInitial = words.length > names.length
  if (
    hasInitial &&
    names.length > 0 &&
    names.every((each) => isSurname(each.folded) && !isWord(each.folded) && !isPlace(each.folded))
  )
    return end
  return i
}

const english =
  /\b(?:the|and|is|are|was|to|of|for|with|you|your|my|i|we|please|this|that|have|has|not|it|on|at|be|can|will|from|her|his|she|he|an|by|as|in)\b/g
const foreign =
  /\b(?:der|die|das|und|ist|nicht|ein|eine|mit|fur|von|zu|den|dem|ich|wir|sie|bitte|auf|le|la|les|et|est|une|des|du|pour|avec|je|nous|vous|dans|sur|el|los|las|y|es|por|para|con|una|il|che|di|per|non|sono|het|een|en|van|voor|niet|met|wij|och|att|som|og|er|det|til|nie|na|sie|que|nao|com|os)\b/g

function lineOf(plain: Plain): Line {
  const tokens = tokensOf(plain)
  let raised = 0
  let upper = 0
  let words = 0
  for (const token of tokens) {
    if (token.shape === 'number') continue
    words += 1
    if (token.shape === 'upper' && token.text.length > 2) upper += 1
    if (isRaised(token)) raised += 1
  }
  const isEnglish =
    (plain.folded.match(english)?.length ?? 0) >= (plain.folded.match(foreign)?.length ?? 0) && words >= 3
  return { plain, tokens, isLower: raised === 0, isUpper: upper > 0 && upper >= words * 0.5, isEnglish }
}

function found(line: Line, from: number, end: number): Found | undefined {
  const first = line.tokens[from]
  const last = line.tokens[end - 1]
  if (!first || !last || isFirm(line, from, end)) return undefined
  if (line.plain.text.slice(first.start, last.end).includes(barrier)) return undefined
  return { kind: 'person', start: first.start, end: bareEnd(last) }
}

/** Names of people, by what stands before and after them, by lists of names, and by being no other word. */
export const detectPerson: Detector = (plain) => {
  const line = lineOf(plain)
  const out: Found[] = []
  for (let i = 0; i < line.tokens.length; i += 1) {
    const lead = leadBefore(line, i)
    const end = lead && isNameByLead(line, i, lead) ? nameEnd(line, i, true) : ownName(line, i)
    if (end <= i) continue
    const name = found(line, i, end)
    if (name) out.push(name)
    i = end - 1
  }
  return out
}
