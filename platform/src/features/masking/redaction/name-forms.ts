import { isBrand, isCommon, isCountry, isGiven, isPlace, isWord } from './lexicon.ts'
import { organisationWords } from './person-context.ts'
import type { Token } from './tokens.ts'

const legalForms: ReadonlySet<string> = new Set(
  'ltd limited inc incorporated llc llp lp plc corp corporation co company gmbh mbh ag kg kgaa ohg ug gbr ev eg se bv nv vof sa sas sarl eurl sci snc sl slu sc srl spa sapa oy oyj ab as asa aps is pty pte sro doo dd kft zrt bt spzoo sp zoo ooo oao pvt'.split(
    ' ',
  ),
)

/** One way in which a text may write the name of a record. */
export interface NameForm {
  words: readonly string[]
  needs: 'nothing' | 'capital' | 'capitals'
  /** 3: the whole name; 2: reordered or with initials; 1: a part alone. */
  rank: 1 | 2 | 3
  /** Found, but not telling which record it is. */
  isVague: boolean
  isFirm: boolean
}

// What shops write where a name is missing: to find these everywhere would tell nothing and hide much.
const nobody = new Set(
  'customer customers guest client clients cash unknown none null nan na anonymous test admin user name company supplier suppliers vendor various misc sundry other general default retail wholesale walkin'.split(
    ' ',
  ),
)

const skipped = new Set(['and', 'und', 'et', 'y'])
const titles = new Set('mr mrs ms miss dr prof herr frau mme mlle m sr sra sir'.split(' '))

/** Whether a lone word names its bearer: no dictionary word, no place, no firm everyone knows. */
function isTelling(word: string): boolean {
  return word.length >= 4 && !isWord(word) && !isPlace(word) && !isCountry(word) && !isBrand(word)
}

/** The other way of writing what accents and umlauts stand for: Müller, Mueller. */
function spelledOut(text: string): string {
  const pairs: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa', æ: 'ae', ß: 'ss' }
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüøåæß]/g, (letter) => pairs[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\p{M}']/gu, '')
}

function needsOf(words: readonly string[]): NameForm['needs'] {
  const [only] = words
  if (words.length > 1 || only === undefined) return 'nothing'
  if (only.length <= 2) return 'capitals'
  return only.length < 4 || isWord(only) ? 'capital' : 'nothing'
}

/** How many tokens before `end` are a legal form: "Ltd" is one, "S.r.l." three. */
function legalFormBefore(tokens: readonly Token[], end: number): number {
  for (let size = 1; size <= 4 && size < end; size += 1) {
    if (size > 1 && tokens.slice(end - size, end).some((token) => token.text.length > 1)) return 0
    const joined = tokens
      .slice(end - size, end)
      .map((token) => token.folded)
      .join('')
    if (legalForms.has(joined)) return size
  }
  return 0
}

/** How many tokens from `from` on are a legal form. */
export function legalFormAt(tokens: readonly Token[], from: number): number {
  for (let size = 4; size >= 1; size -= 1) {
    const part = tokens.slice(from, from + size)
    if (part.length < size || (size > 1 && part.some((token) => token.text.length > 1))) continue
    if (legalForms.has(part.map((token) => token.folded).join(''))) return size
  }
  return 0
}

function core(tokens: readonly Token[]): { words: string[]; raw: Token[]; isLegal: boolean } {
  let raw = tokens.filter((token) => !skipped.has(token.folded) && token.folded !== '')
  const isArticle = raw.length > 1 && raw[0]?.folded === 'the'
  if (isArticle || (raw.length > 1 && titles.has(raw[0]?.folded ?? ''))) raw = raw.slice(1)
  let end = raw.length
  for (let size = legalFormBefore(raw, end); end > size && size > 0; size = legalFormBefore(raw, end))
    end -= size
  return {
    words: raw.slice(0, end).map((token) => token.folded),
    raw: raw.slice(0, end),
    isLegal: end < raw.length,
  }
}

function isPersonName(words: readonly string[], isLegal: boolean): boolean {
  return (
    !isLegal &&
    words.length >= 2 &&
    words.length <= 5 &&
    !words.some((word) => /\d/.test(word) || (organisationWords.test(word) && !isGiven(word)))
  )
}

function personForms(words: readonly string[]): NameForm[] {
  const first = words[0] ?? ''
  const last = words.at(-1) ?? ''
  const base = { rank: 2 as const, isVague: false, isFirm: false }
  const forms: NameForm[] = [
    { ...base, words: [last, ...words.slice(0, -1)], needs: 'nothing' },
    { ...base, words: [first.charAt(0), last], needs: 'capital' },
    { ...base, words: [last, first.charAt(0)], needs: 'capital' },
    { ...base, words: [first, last.charAt(0)], needs: 'capital' },
  ]
  if (words.length > 2) {
    forms.push(
      { ...base, words: [first, last], needs: 'nothing' },
      { ...base, words: [last, first], needs: 'nothing' },
    )
    forms.push({ ...base, words: [...words.slice(1), first], needs: 'nothing' })
    forms.push({ ...base, words: [first, words[1] ?? ''], needs: 'nothing' })
  }
  return [...forms, ...partsAlone(words)]
}

function partsAlone(words: readonly string[]): NameForm[] {
  return words
    .filter((word) => word.length >= 3 && !isCommon(word))
    .map((word, i): NameForm => {
      const isSurname = word === words.at(-1)
      const needs = isTelling(word) && word.length >= 5 ? 'nothing' : 'capital'
      return {
        words: [word],
        needs,
        rank: 1,
        isVague: !isSurname || !isTelling(word) || (i === 0 && isGiven(word)),
        isFirm: false,
      }
    })
}

function firmForms(words: readonly string[]): NameForm[] {
  const first = words[0] ?? ''
  if (words.length < 2 || !isTelling(first) || isGiven(first)) return []
  return [{ words: [first], needs: 'capital', rank: 1, isVague: false, isFirm: true }]
}

function formsOf(words: readonly string[], isLegal: boolean): NameForm[] {
  if (words.every((word) => /^\d+$/.test(word) || nobody.has(word))) return []
  const isPerson = isPersonName(words, isLegal)
  const whole: NameForm = { words, needs: needsOf(words), rank: 3, isVague: false, isFirm: !isPerson }
  const joined = words.join('')
  const forms: NameForm[] =
    words.length > 1 && joined.length >= 7 ? [whole, { ...whole, words: [joined] }] : [whole]
  return [...forms, ...(isPerson ? personForms(words) : firmForms(words))]
}

/** Every way in which the name is expected in free text. */
export function nameForms(tokens: readonly Token[]): NameForm[] {
  const { words, raw, isLegal } = core(tokens)
  const other = raw.map((token) => spelledOut(token.text.replace(/'s$/i, '')))
  const forms = formsOf(words, isLegal)
  const titled = tokens.map((token) => token.folded)
  if (titles.has(titled[0] ?? '') && forms[0])
    forms.push({ ...forms[0], words: [titled[0] ?? '', ...words], needs: 'nothing' })
  return other.some((word, i) => word !== words[i]) ? [...forms, ...formsOf(other, isLegal)] : forms
}
