import { type Detector, type Found } from './found.ts'
import type { RedactedKind } from './segment.ts'

interface Pattern {
  kind: RedactedKind
  /** Reads folded text; group 1, where there is one, is the part to take out. */
  pattern: RegExp
  accepts?: (value: string) => boolean
}

const edge = '(?<![a-z0-9])'
const end = '(?![a-z0-9])'
const label =
  '(?:[\\s]{0,2}(?:number|numbers|no|nr|num|id|code|#|is|are|was|:|=|-|\\.|/|\\()){0,4}[\\s:]{0,3}'

const isSsn = (value: string): boolean => !/^(?:000|666|9)|^...-?00|0000$/.test(value.replaceAll(' ', '-'))
const isNoAmount = (value: string): boolean => !/^\d{1,7}\.\d{2}$/.test(value)
const hasDigits = (value: string): boolean => /\d.*\d.*\d.*\d/.test(value)

const day = '(?:0?[1-9]|[12]\\d|3[01])'
const monthName =
  '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|mei|okt|dez|janv|fevr|avr|juin|juil|aout|ene|abr|ago|dic)[a-z]{0,8}'
const date = `(?:\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}[-/. ]{1,2}\\d{1,2}[-/. ]{1,2}(?:\\d{4}|\\d{2})|${day}(?:st|nd|rd|th|\\.)?(?: of)? ${monthName}\\.?,? ?(?:\\d{4}|\\d{2})?|${monthName}\\.? ${day}(?:st|nd|rd|th)?,? ?(?:\\d{4}|\\d{2})?)`
const born =
  '(?:born|dob|d\\.o\\.b\\.?|date of birth|birth ?date|birthday|geboren|geburtsdatum|geb\\.?|ne\\(?e?\\)? le|date de naissance|geboortedatum|nacid[oa]|fecha de nacimiento|nat[oa] il|data di nascita)'

const vat = [
  'atu\\d{8}',
  'be[01]\\d{9}',
  'bg\\d{9,10}',
  'cy\\d{8}[a-z]',
  'cz\\d{8,10}',
  'de\\d{9}',
  'dk\\d{8}',
  'ee\\d{9}',
  'el\\d{9}',
  'es[a-z0-9]\\d{7}[a-z0-9]',
  'fi\\d{8}',
  'fr[a-z0-9]{2}\\d{9}',
  'gb\\d{9}(?:\\d{3})?',
  'hr\\d{11}',
  'hu\\d{8}',
  'ie\\d[a-z0-9]\\d{5}[a-z]{1,2}',
  'it\\d{11}',
  'lt\\d{9}(?:\\d{3})?',
  'lu\\d{8}',
  'lv\\d{11}',
  'mt\\d{8}',
  'nl\\d{9}b\\d{2}',
  'pl\\d{10}',
  'pt\\d{9}',
  'ro\\d{6,10}',
  'se\\d{10}01',
  'si\\d{8}',
  'sk\\d{10}',
  'xi\\d{9}',
  'che[-. ]?\\d{3}\\.?\\d{3}\\.?\\d{3}(?: ?(?:mwst|tva|iva))?',
  'no ?\\d{9} ?mva',
].join('|')

const taxWord =
  '(?:vat|tax|taxpayer|tin|ein(?=[ ]?(?:no|number|#|:))|abn|acn|gst|gstin|hst|ust-?id(?:nr)?\\.?|ust|steuer(?:nummer|-?nr\\.?|-?id)|siret|siren|tva|btw|rsin|kvk|nif|cif|nie|rfc|cuit|rut|partita iva|p\\.? ?iva|codice fiscale|cpf|cnpj|nip|regon|mva|momsnr|moms|cvr|org\\.? ?(?:nr|no)|organisationsnummer|utr)'
const idWord =
  "(?:passport|reisepass|passeport|paspoort|pasaporte|driv(?:er'?s?|ing) licen[cs]e|licen[cs]e|fuhrerschein|permis de conduire|rijbewijs|national id(?:entity)?|identity card|id card|personalausweis|carte d'identite|ssn|social security|social insurance|sin|nino|national insurance|nhs|bsn|dni|cpr|personnummer|fodselsnummer|henkilotunnus|pesel|rodne cislo|aadhaar|medicare|insee|ahv)"
const accountWord =
  '(?:account|acct|a/c|bank account|konto|kontonummer|konto-?nr\\.?|compte|rekening(?:nummer)?|cuenta|conto|conta|sort code|blz|bankleitzahl|routing|aba|rtn|bsb|clabe|bic|swift)'

const patterns: readonly Pattern[] = [
  {
    kind: 'national-id',
    pattern: new RegExp(`${edge}\\d{3}([- ])\\d{2}\\1\\d{4}${end}`, 'g'),
    accepts: isSsn,
  },
  {
    kind: 'national-id',
    pattern: new RegExp(
      `${edge}(?!bg|gb|kn|nk|nt|tn|zz)[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z][ -]?\\d{2}[ -]?\\d{2}[ -]?\\d{2}[ -]?[a-d]${end}`,
      'g',
    ),
  },
  { kind: 'national-id', pattern: new RegExp(`${edge}\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}${end}`, 'g') },
  {
    kind: 'national-id',
    pattern: new RegExp(`${edge}[a-z]{6}\\d{2}[abcdehlmprst]\\d{2}[a-z]\\d{3}[a-z]${end}`, 'g'),
  },
  {
    kind: 'national-id',
    pattern: new RegExp(`${edge}(?:\\d{8}|[xyz]-?\\d{7})-?[a-hj-np-tv-z]${end}`, 'g'),
    accepts: isSpanishId,
  },
  { kind: 'national-id', pattern: new RegExp(`${edge}756\\.\\d{4}\\.\\d{4}\\.\\d{2}${end}`, 'g') },
  {
    kind: 'national-id',
    pattern: new RegExp(
      `${edge}[12] ?\\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\\d{2}|2[ab]) ?\\d{3} ?\\d{3} ?\\d{2}${end}`,
      'g',
    ),
    accepts: isFrenchId,
  },
  { kind: 'tax-number', pattern: new RegExp(`${edge}(?:${vat})${end}`, 'g') },
  {
    kind: 'tax-number',
    pattern: new RegExp(
      `${edge}${taxWord}${label}((?:[a-z]{1,3}[ -]?)?\\d(?:[ ./-]?\\d){4,14}[a-z]?\\d{0,2})${end}`,
      'g',
    ),
    accepts: isNoAmount,
  },
  {
    kind: 'national-id',
    pattern: new RegExp(
      `${edge}${idWord}${label}([a-z]{0,3}[ ]?\\d(?:[.-]?[a-z0-9]|[ ]\\d){3,14})${end}`,
      'g',
    ),
    accepts: hasDigits,
  },
  { kind: 'account', pattern: new RegExp(`${edge}${accountWord}${label}((?:\\d[ -]?){5,17}\\d)${end}`, 'g') },
  {
    kind: 'account',
    pattern: new RegExp(`${edge}(?:bic|swift)${label}([a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)${end}`, 'g'),
  },
  { kind: 'birth-date', pattern: new RegExp(`${edge}${born}[^\\n\\d]{0,20}?(${date})${end}`, 'g') },
]

function isSpanishId(value: string): boolean {
  const digits = value.replaceAll('-', '').replace(/^x/, '0').replace(/^y/, '1').replace(/^z/, '2')
  return 'trwagmyfpdxbnjzsqvhlcke'[Number(digits.slice(0, -1)) % 23] === digits.at(-1)
}

function isFrenchId(value: string): boolean {
  const digits = value.replaceAll(' ', '').replace('2a', '19').replace('2b', '18')
  return digits.length === 15 && 97n - (BigInt(digits.slice(0, 13)) % 97n) === BigInt(digits.slice(13))
}

/** Tax numbers, national ids, account numbers and dates of birth: by their own shape and check, or beside their label. */
export const detectIdentifier: Detector = ({ folded }) => {
  if (!/\d/.test(folded) && !/bic|swift/.test(folded)) return []
  const found: Found[] = []
  for (const { kind, pattern, accepts } of patterns) {
    for (const match of folded.matchAll(pattern)) {
      const value = match[1] !== undefined && match[1].length > 1 ? match[1] : match[0]
      if (accepts && !accepts(value)) continue
      const stop = match.index + match[0].length
      found.push({ kind, start: stop - value.length, end: stop })
    }
  }
  return found
}
