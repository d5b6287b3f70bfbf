import {
  boxes,
  frenchStreets,
  houseNumber,
  lead,
  plainStreetTypes,
  slavicStreets,
  southernStreets,
  streetNouns,
  streetSuffixes,
  streetTypes,
  units,
  word,
} from './address-words.ts'
import { firstAfter, followAddress, isNameOfPlace } from './address-tail.ts'
import { type Detector, type Found } from './found.ts'
import { foldWord } from './fold.ts'
import { isBrand, isCalendar, isCommon, isCommonInEnglish, isTrade, isWord } from './lexicon.ts'
import type { Plain } from './plain.ts'
import { type Token, tokensOf } from './tokens.ts'

const edge = "(?<![a-z0-9'])"
const unit = `(?:(?:${units})\\.?[ ]#?\\w{1,5},?[ \\n]{1,6})?`
const number = `(?:\\d{1,4}[ ,]{1,2})?${houseNumber}`
const particle =
  "(?:(?:de la|de los|de las|della|delle|degli|del|dei|des|dos|das|aux|los|las|les|san|st\\.?|di|de|da|do|du|la|le|el|au|r|saint)[ ]|(?:de l|d|l)'){0,3}"
const some = (most: number): string => `(?:${word}[ -]{1,2}){0,${most}}`

interface Pattern {
  pattern: RegExp
  /** Whether the words of the match, with their own letter case, make a street name. */
  accepts: (text: string, folded: string, after: string) => boolean
  /** Whether the words of a sentence may stand at the head of the match. */
  isLed?: boolean
}

const street = (source: string, accepts: Pattern['accepts'] = () => true): Pattern => ({
  pattern: new RegExp(`${edge}${source}`, 'g'),
  accepts,
})

const led = (source: string, accepts: Pattern['accepts']): Pattern => ({
  ...street(source, accepts),
  isLed: true,
})

const particles =
  /^(?:de|la|l|los|las|del|della|delle|dei|degli|di|da|do|dos|das|du|des|d|le|les|el|aux|au|the|of|and|upon|on|der|den|dem|am|an|im|zum|zur|van|het|ter|ten|y|e|i|na|nad|u|v|pod)$/

function words(text: string): string[] {
  return text.match(/\p{L}[\p{L}\p{M}']*/gu) ?? []
}

const isRaised = (text: string): boolean => text !== '' && text.charAt(0) !== text.charAt(0).toLowerCase()

/** Every word but particles begins with a capital, or the text knows no capitals. */
function hasCapitals(text: string): boolean {
  const named = words(text).filter((each) => !particles.test(foldWord(each)))
  return named.length > 0 && (named.every(isRaised) || !/\p{Lu}/u.test(text))
}

function isEnglishStreet(text: string, folded: string, after: string): boolean {
  const all = words(text)
  const type = foldWord(all.at(-1) ?? '')
  const name = all.slice(0, -1)
  if (name.length === 0) return false
  // In capitals throughout, "12 ROSE PLACE SETTINGS" is a product: an ambiguous word must end its line or part.
  if (!/\p{Ll}/u.test(text) && !plainStreetTypes.test(type) && !/^\s*(?:$|[,\n\d])/.test(after)) return false
  if (hasCapitals(text) && /\p{Lu}/u.test(text))
    return !name.every((each) => /^(?:the|a|in|on|of|per|to|by|for)$/i.test(each))
  return (
    plainStreetTypes.test(type) &&
    !/\b(?:the|a|in|on|of|per|to|by|for|my|our|this|some|more|other)\b/.test(folded)
  )
}

/** A compound such as Hauptstrasse; English words with the same ending ("during 2019") are not. */
function isCompound(text: string): boolean {
  const name = words(text).findLast((each) => each.length > 2) ?? ''
  const folded = foldWord(name)
  return (
    !isWord(folded) &&
    (isRaised(name) || /(?:strasse|str|straat|gasse|platz|laan|gade|vej|gatan|utca)$/.test(folded))
  )
}

const hasUncommonName = (text: string): boolean => {
  const named = words(text)
    .slice(1)
    .filter((each) => !particles.test(foldWord(each)))
  const isCapital = words(text).some(isRaised) || !/\p{Lu}/u.test(text)
  return named.length > 0 && isCapital && named.every((each) => !isBrand(foldWord(each)))
}

/** A line of its own with nothing but unusual capitalised words and a number at its end. */
function isAddressLine(text: string): boolean {
  const named = words(text).filter((each) => !particles.test(foldWord(each)))
  return (
    named.length > 0 &&
    named.every(
      (each) => isRaised(each) && each.length > 2 && !isWord(foldWord(each)) && !isBrand(foldWord(each)),
    )
  )
}

/** "Sokolska 1737, 783 83 Troubelice": no word says street, but a postcode and a town follow. */
function isStreetAndTown(text: string): boolean {
  const named = words(text).filter((each) => !particles.test(foldWord(each)))
  return (
    named.length > 1 &&
    named.every((each) => isRaised(each) && !isTrade(foldWord(each)) && !isCalendar(foldWord(each))) &&
    !isCommonInEnglish(foldWord(named[0] ?? ''))
  )
}

const streets: readonly Pattern[] = [
  street(
    `${unit}${number},?[ ]{1,2}(?:(?:${word}|\\d{1,3}(?:st|nd|rd|th))[ ]{1,2}){1,4}?(?:${streetTypes})\\b\\.?(?:[ ](?:north|south|east|west|[nsew]|ne|nw|se|sw)\\b\\.?)?`,
    isEnglishStreet,
  ),
  street(
    `${number},?[ ]{1,2}(?:the )?(?:broadway|green|avenue|mall|strand|parade|avenue of the americas)\\b`,
    (text, _, after) =>
      isRaised(words(text).at(-1) ?? '') && (/\p{Ll}/u.test(text) || /^\s*(?:$|[,\n])/.test(after)),
  ),
  street(
    `(?:avenue|ave|avenida|route|highway|hwy|calle|carrera|cra|via|interstate|us|state road|county road|autopista)[ ]\\d{1,4}[a-z]?[ ]?(?:#|n[o.]?|nr\\.?|-|,)[ ]?\\d{1,5}`,
  ),
  led(
    `(?:${number}[ ])?${some(3)}(?:${word.replace('\\.?', '')})?(?:${streetSuffixes})[ ]{1,2}${houseNumber}`,
    isCompound,
  ),
  led(`(?:${number}[ ])?(?:${word}[ ]){1,3}(?:${streetNouns})[ ]{1,2}${houseNumber}`, (text) =>
    hasCapitals(text.replace(/\P{L}+$/u, '').replace(/\p{L}+\.?$/u, '')),
  ),
  street(
    `(?:\\d{1,4}[ ])?\\d{1,4}(?:[ ]?(?:bis|ter|quater|[a-d]))?,?[ ]{1,2}(?:${frenchStreets})[ ]{1,2}${particle}${word}`,
    (text) => hasUncommonName(text),
  ),
  street(
    `(?:${frenchStreets})[ ]{1,2}${particle}(?:${word}[ ]{1,2}){0,4}${word},?[ ]{1,2}${houseNumber}`,
    (text) => hasUncommonName(text),
  ),
  street(
    `(?:${southernStreets})(?:[ ]{1,2}|(?<=[./])[ ]{0,2})${particle}(?:${word}[ ]{1,2}(?:de |del |da |do |di )?){0,4}${word},?[ ]{1,2}(?:n[.ºo°]{0,2} ?|nr\\.? ?|num\\.? ?|# ?)?${houseNumber}`,
    (text) => hasUncommonName(text),
  ),
  street(`(?:${slavicStreets})[ ]{1,2}(?:${word}[ ]{1,2}){0,3}${word}[ ]{1,2}${houseNumber}`, (text) =>
    hasUncommonName(text),
  ),
  street(
    `(?:(?<=\\n[ ]{0,8})|(?<=^[ ]{0,8})(?=[^\\n]{3,120}\\n))(?:\\d{1,5}[ ])?(?:${word}[ ]){1,4}${houseNumber}(?=[ ]{0,8}(?:\\n|$|, ?\\d))`,
    isAddressLine,
  ),
  led(
    `(?:${word}[ ]){1,4}${houseNumber}\\.?(?:,[ ]{0,2}|\\n)[ ]{0,8}(?:[a-z]{1,2}-)?\\d{3}(?:\\d{1,2}|[ ]\\d{2}|\\d-\\d{3})?[ ](?:[a-z]{2}[ ])?${word}`,
    isStreetAndTown,
  ),
  street(`(?:${boxes})[\\s:.#]{0,3}\\d{1,6}`),
  street(`(?:apt|apartment|appt|flat|suite|ste)\\.?[ ]{1,2}#?\\d{1,5}[a-z]?\\b(?![.,]?\\d|[ ]?[%$€£])`),
  street(
    `(?:zip|zip code|post ?code|postal code|postleitzahl|plz|code postal|codigo postal|cap|cep|postnummer|psc)[\\s:#=]{1,3}(?:is )?[a-z]{0,2}-?\\d[a-z0-9]{1,5}(?:[ -]\\d?[a-z0-9]{2,4}(?![a-z]))?`,
  ),
  street(
    `(?:am|an der|an den|auf der|auf dem|im|in der|in den|zum|zur|unter den|hinter der|vor dem|obere|untere|alte|alter|neue|neuer|grosse|kleine|hoge|lange|korte|oude|nieuwe)[ ](?:${word}[ ]){1,2}${houseNumber}(?=,?[ \\n]{1,6}(?:[a-z]{1,2}-)?\\d{4,5}[ ])`,
  ),
]

// Postcodes that say what they are by their shape.
const codes: readonly Pattern[] = [
  street(
    '(?:gir ?0aa|[a-z]{1,2}\\d[a-z\\d]? ?\\d[abd-hjlnp-uw-z]{2})(?![a-z0-9])',
    (text) => text === text.toUpperCase() || text.includes(' '),
  ),
  street('[abceghj-nprstvxy]\\d[abceghj-nprstv-z][ -]?\\d[abceghj-nprstv-z]\\d(?![a-z0-9])'),
  street(
    `(?:${word},?[ ]){1,3}(?:a[lkzr]|c[aot]|d[ec]|fl|ga|hi|i[dlna]|k[sy]|la|m[edainsot]|n[evhjmycd]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[ta]|w[aviy]),?[ ]{1,2}\\d{5}(?:-\\d{4})?(?!\\d)`,
    (text) => /[A-Z]{2},? {1,2}\d/.test(text),
  ),
  street(`(?:${word},?[ ]){1,3}(?:nsw|vic|qld|sa|wa|tas|act|nt),?[ ]{1,2}\\d{4}(?!\\d)`, (text) =>
    /[A-Z]{2,3},? {1,2}\d/.test(text),
  ),
  street(
    `(?:d|a|ch|f|b|l|nl|dk|s|fin|i|e|p|cz|sk|h|pl|si|n|gr|lt|lv|ee)-\\d{3,5} ?(?:[a-z]{2} )?${word}`,
    (text) => /[- ]\p{Lu}/u.test(text.slice(3)),
  ),
  street(
    `\\d{4} ?[a-z]{2}[ ,]{1,2}${word}`,
    (text) =>
      /^\d{4} ?(?!SA|SD|SS|KG|ML|CM|MM|PM|AM|AD|BC)[A-Z]{2}[ ,]+\p{Lu}/u.test(text) &&
      !isCommon(foldWord(words(text).at(-1) ?? '')),
  ),
  street(
    `(?<=(?:^|\\n|, ?)[ ]{0,8})\\d{4,5} ${word}(?: ${word}){0,2}(?=[ ]*(?:$|\\n|,|\\.))`,
    isPostcodeLine,
  ),
]

function isPostcodeLine(text: string): boolean {
  const named = words(text)
  return (
    named.every((each) => isRaised(each) || particles.test(foldWord(each))) &&
    !named.some((each) => isWord(foldWord(each)))
  )
}

const contextual = new RegExp(
  `${edge}${lead}(?:[ ](?:is|has changed|changed|should be|will be|with|to|at|it|they|are|here|now|in)\\b){0,4}[?:,]{0,2}\\s{0,6}(?:(?:it|they|here|this)\\s(?:is|are|it is|they are)[\\s:,]{0,4})?(?:[(]?the corner of\\s)?`,
  'g',
)

/** After words that lead up to an address, any number with a name beside it counts. */
function contextualAt(plain: Plain, tokens: readonly Token[], from: number): Found | undefined {
  const first = firstAfter(tokens, from)
  if (first >= tokens.length || (tokens[first]?.start ?? 0) - from > 3) return undefined
  const near = tokens.slice(first, first + 6)
  const numberAt = near.findIndex((token) => token.shape === 'number')
  if (numberAt < 0) return undefined
  const isLower = !/\p{Lu}/u.test(plain.text.slice(from, from + 60))
  const before = near.slice(0, numberAt)
  const after = near.find((token, i) => i > numberAt && token.shape !== 'number')
  const named = numberAt === 0 ? (after ? [after] : []) : before
  if (
    named.length === 0 ||
    !named.every(
      (token, i) =>
        isNameOfPlace(token, isLower) || particles.test(token.folded) || (i > 0 && !isWord(token.folded)),
    )
  )
    return undefined
  if (!named.some((token) => isNameOfPlace(token, isLower))) return undefined
  const last = numberAt === 0 ? after : near[numberAt]
  const start = near[0]?.start ?? from
  return { kind: 'address', start, end: followAddress(plain, tokens, last?.end ?? start) }
}

/** How much of a match is the sentence before the street: "station is on Ziegelgasse 26". */
function prose(text: string): number {
  let skip = 0
  for (const match of text.matchAll(/(\p{Ll}[\p{Ll}.'-]*)[ ,]+(?=\p{Lu})/gu)) {
    if (!/[\p{L}']/u.test(text.charAt(match.index - 1)) && !particles.test(foldWord(match[1] ?? '')))
      skip = match.index + match[0].length
  }
  return skip
}

/** Postal addresses of several countries: streets, boxes and postcodes by their shape, others by what leads up to them. */
export const detectAddress: Detector = (plain) => {
  const { text, folded } = plain
  if (!/\d/.test(folded)) return []
  const found: Found[] = []
  const tokens = tokensOf(plain)
  for (const { pattern, accepts, isLed } of [...streets, ...codes]) {
    for (const match of folded.matchAll(pattern)) {
      const end = match.index + match[0].length
      const start = match.index + (isLed ? prose(text.slice(match.index, end)) : 0)
      if (accepts(text.slice(start, end), folded.slice(start, end), text.slice(end, end + 3)))
        found.push({ kind: 'address', start, end })
    }
  }
  const followed = found.map((each) => ({ ...each, end: followAddress(plain, tokens, each.end) }))
  for (const match of folded.matchAll(contextual)) {
    const each = contextualAt(plain, tokens, match.index + match[0].length)
    if (each) followed.push(each)
  }
  return followed
}
