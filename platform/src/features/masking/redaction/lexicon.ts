import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { foldWord } from './fold.ts'
import { brands, businessWords, calendarWords, everydayNames, neverNames } from './word-lists.ts'

type List = 'given' | 'surnames' | 'common' | 'foreign' | 'rare' | 'places'

const loaded = new Map<List, ReadonlySet<string>>()

function list(name: List): ReadonlySet<string> {
  const known = loaded.get(name)
  if (known) return known
  const bytes = readFileSync(new URL(`lexicon/${name}.txt.gz`, import.meta.url))
  const words = new Set(gunzipSync(bytes).toString('utf8').split('\n'))
  loaded.set(name, words)
  return words
}

let countries: ReadonlySet<string> | undefined

function countryWords(): ReadonlySet<string> {
  if (countries) return countries
  const words = new Set(['usa', 'uk', 'england', 'scotland', 'wales', 'holland', 'britain', 'uae'])
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  for (const locale of ['en', 'de', 'fr', 'es', 'it', 'nl']) {
    const names = new Intl.DisplayNames([locale], { type: 'region', fallback: 'none' })
    for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
      for (const word of (names.of(code) ?? '').split(/[\s-]+/))
        if (word.length > 3) words.add(foldWord(word))
    }
  }
  countries = words
  return words
}

/** An everyday word of English, or a function word of another European language. Takes a folded word, like all below. */
export function isCommon(word: string): boolean {
  return isCommonInEnglish(word) || list('foreign').has(word)
}

export function isCommonInEnglish(word: string): boolean {
  return list('common').has(word) || businessWords.has(word) || calendarWords.has(word)
}

/** A word of trade or courtesy in some language, never part of an address. */
export function isTrade(word: string): boolean {
  return businessWords.has(word)
}

/** In a dictionary at all, however rare. */
export function isWord(word: string): boolean {
  return isCommon(word) || list('rare').has(word)
}

export function isGiven(word: string): boolean {
  return (list('given').has(word) && !neverNames.has(word)) || everydayNames.has(word)
}

// Endings that make a surname in some language; the stem before them has three letters or more.
const surnameEndings =
  /^[a-z]{3,}(?:ova|eva|ov|ev|off|ovic|evic|ic|ik|sson|sen|dottir|ski|ska|sky|cki|cka|nen|wicz|czyk|czak|enko|chuk|yan|ian|escu|oglu|shvili|dze|moto|mura|yama|kawa|shima|guchi|ez|eiro|ini|elli|etti|ucci|berg|stein|mann|stroem|strom|gren|qvist|kvist|lund|gaard|feld|bauer|meier|maier|mayer|meyer|huber|ous|opoulos|akis|idis|iadis|saari|maki|vaara|uk|yuk|kova|ek|cek|acek)$/

export function isSurname(word: string): boolean {
  return list('surnames').has(word) && !neverNames.has(word)
}

export function isSurnameLike(word: string): boolean {
  return isSurname(word) || (surnameEndings.test(word) && !isWord(word))
}

/** A country or city, or a word of its name. */
export function isPlace(word: string): boolean {
  return countryWords().has(word) || list('places').has(word)
}

export function isCountry(word: string): boolean {
  return countryWords().has(word)
}

export function isBrand(word: string): boolean {
  return brands.has(word)
}

export function isCalendar(word: string): boolean {
  return calendarWords.has(word)
}

/** A given name that stays one although dictionaries list it as a word too. */
export function isEverydayName(word: string): boolean {
  return everydayNames.has(word)
}
