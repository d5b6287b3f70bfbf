import { states, streetTypes, units } from './address-words.ts'
import { isCalendar, isCommon, isCommonInEnglish, isCountry, isPlace, isTrade, isWord } from './lexicon.ts'
import type { Plain } from './plain.ts'
import type { Token } from './tokens.ts'

const unitWord = new RegExp(`^(?:${units})$`)
const streetWord = new RegExp(`^(?:${streetTypes})$`)
const joining =
  /^(?:de|la|le|les|sur|sous|en|am|an|der|im|in|nad|pod|upon|under|on|the|of|bei|ob|aan|den|het|ter|del|di|do|da|dos|sul|al|by|i|u|y|na|e|and|san|st|saint|sankt|new|north|south|east|west|upper|lower|los|las|el|port|fort|mount|great|old|bad|nova|novo|nowy|nowa|stary|stara|velka|mala|gross|klein|cape|lake|river|bay|beach|city|hill|hills|springs|valley|park|grove|view|heights|island|town|ville|field|creek|falls|rock|wood|woods|forest|ridge|point|center|centre|junction)$/
const spaceOnly = /^[ ]{0,3}$/
const partEnd =
  /^(?:[ ]{0,3}[,;|-]?[ ]{0,3}\n?[ ]{0,8}\n?[ ]{0,8}(?:,|[?>*•|]{1,3})?[ ]{0,3}|[ ]?[(][ ]?|[ ]?[)],?[ ]{0,2}|\.[ ]{0,2}\n?[ ]{0,4}|[ ]?-[ ]?)$/
const longest = 160

/** Whether a word may be part of the name of a street or town: a name's case, and no everyday word. */
export function isNameOfPlace(token: Token, isLower: boolean): boolean {
  if (token.shape === 'number' || isCalendar(token.folded)) return false
  if (isCountry(token.folded)) return true
  if (token.shape === 'lower')
    return isLower && token.folded.length > 2 && (!isWord(token.folded) || isPlace(token.folded))
  if (isTrade(token.folded)) return false
  return !isCommonInEnglish(token.folded) || isPlace(token.folded) || joining.test(token.folded)
}

const isLabel = (text: string, token: Token): boolean => /^[ ]?:/.test(text.slice(token.end, token.end + 2))

/** "Locust View Drive", "WELLINGTON MARSH", "Habib bourguiba,": goes on with the name before it. */
function isRestOfName(text: string, previous: Token, token: Token): boolean {
  if (previous.shape !== 'title' && previous.shape !== 'upper') return false
  if (isTrade(token.folded) || isCalendar(token.folded)) return false
  const isLast = /^[ ]?(?:[,\n]|\d|$)/.test(text.slice(token.end, token.end + 2))
  if (token.shape === 'lower') return isLast && token.text.length > 3 && !isWord(token.folded)
  return streetWord.test(token.folded) || isLast || (token.shape === 'upper' && previous.shape === 'upper')
}

function isPart(
  text: string,
  previous: Token | undefined,
  token: Token,
  next: Token | undefined,
  isLower: boolean,
): boolean {
  if (token.shape === 'number') return token.text.length <= 6
  if (isLabel(text, token)) return false
  if (states.test(token.text) || unitWord.test(token.folded)) return true
  // "75109 VILLA", "9675 AD Winschoten": behind a postcode stands the town, whatever the word means elsewhere.
  const isBehindCode =
    previous?.shape === 'number' && previous.text.length >= 3 && text.slice(previous.end, token.start) === ' '
  if (isBehindCode && token.shape !== 'lower') return !isTrade(token.folded) && !isCalendar(token.folded)
  if (token.shape === 'upper' && token.text.length <= 3)
    return !isTrade(token.folded) || /\d/.test(text.charAt(token.end))
  // Towns in capitals, as the post likes them.
  if (token.shape === 'upper' && /\p{Ll}/u.test(text.slice(Math.max(0, token.start - 40), token.start)))
    return !isTrade(token.folded)
  if (previous && text.slice(previous.end, token.start) === ' ' && isRestOfName(text, previous, token))
    return true
  if (joining.test(token.folded) && token.shape === 'lower')
    return (
      next !== undefined &&
      next.shape !== 'number' &&
      (next.shape === 'lower' ? joining.test(next.folded) : isNameOfPlace(next, isLower))
    )
  return isNameOfPlace(token, isLower)
}

/** "…, 3 boxes": a short number before an everyday word counts something. */
function isCount(text: string, token: Token, next: Token | undefined): boolean {
  if (token.shape !== 'number' || token.text.length > 3 || next === undefined) return false
  return next.shape === 'lower' && isCommon(next.folded) && text.slice(token.end, next.start) === ' '
}

export function firstAfter(tokens: readonly Token[], at: number): number {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((tokens[middle]?.start ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** How far an address reads on behind its street: unit, town, region, postcode, country, in any order. */
export function followAddress(plain: Plain, tokens: readonly Token[], from: number): number {
  const { text } = plain
  const isLower = !/\p{Lu}/u.test(text.slice(Math.max(0, from - 60), from + 60))
  let end = from
  for (let i = firstAfter(tokens, from); i < tokens.length; i += 1) {
    const token = tokens[i]
    if (!token || token.end - from > longest) break
    const gap = text.slice(end, token.start)
    const isNewPart = !spaceOnly.test(gap)
    if (isNewPart && (gap.length > 24 || !partEnd.test(gap))) break
    if (
      gap.startsWith('.') &&
      token.shape !== 'number' &&
      !unitWord.test(token.folded) &&
      !/^\.[ ]?$/.test(gap)
    )
      break
    if (!isPart(text, tokens[i - 1], token, tokens[i + 1], isLower) || isCount(text, token, tokens[i + 1]))
      break
    end = token.end
  }

  return end
}
