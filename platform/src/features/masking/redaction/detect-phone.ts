import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { digitChains, digitsOf } from './digit-groups.ts'
import { type Detector, type Found, isWordUnit } from './found.ts'
import type { Range } from './plain.ts'

const fewest = 6
const most = 15

const spokenOf =
  /(?:phone|tele(?:fon|phone|foon|fono)?|\btel\b|\bfon\b|mobile?|mob\b|\bcell|handy|gsm|fax|whats ?app|signal|viber|sms|text(?: me| us)?|ring|call|dial|reach|contact|hotline|voicemail|number is|numero|ruf(?:nummer|en)|anruf|bel(?:len)?\b|llam|chiam|appel|joindre|portable|movil|celular|telemovel|cellulare|puhelin|komorka|numer telefonu|telefonnummer|rueckruf|ruckruf)/
const spokenOfAfter =
  /^[\s(,:-]{0,3}(?:mobile|mob\b|cell|office|home|work|fax|desk|phone|tel|direct|switchboard|landline|handy|\(m\)|\(h\)|\(w\))/
const notPhone =
  /(?:order|invoice|inv|ref(?:erence)?|sku|\bpo\b|\bid\b|tracking|parcel|ticket|case|qty|quantity|version|isbn|ean|gtin|upc|batch|lot|serial|imei|rechnung(?:snummer)?|bestell(?:ung|nummer)|auftrag|commande|facture|factuur|pedido|factura|fattura|ordine|ordre|faktura|part|model|article|artikel|item|customer|kundennummer|amount|total|price|sum|zip|postcode|plz|mandate|transaction|booking|confirmation|shipment|consignment|delivery note|policy|claim|barcode|asin|meter|order id|account|konto|card|iban)(?:\s?(?:number|nummer|num|no|nr|id|code|#))?(?: is)?[\s.:#=(-]{0,4}$/
const extension = /^[\s,;]{0,2}(?:x|ext\.?|extension|durchwahl|dw|poste|toestel|#)[\s.:]{0,2}\d{1,6}(?!\d)/

function isSeparator(unit: string): boolean {
  return ' ().-/+'.includes(unit)
}

interface Window {
  raw: string
  digits: string
  start: number
  end: number
}

const dateLike =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:\s.*)?$|^\d{1,3}(?:\.\d{1,3}){3}$|^\d{1,2}\.\d{2}(?:\s?-\s?\d{1,2}\.\d{2})?$/

// How people group digits where no word says that it is a phone number.
const shapes: readonly RegExp[] = [
  /^(?:1[-. ])?\(?[2-9]\d{2}\)?[-. /]{0,2}[2-9]\d{2}[-. ]\d{4}$/,
  /^\(0\d{1,5}\)[ /-]?\d[\d /-]{4,10}$/,
  /^\(\d{2,5}\)[ /-]{0,2}\d{3,5}[ -]?\d{3,5}$/,
  /^0[1-9]\d{0,4}[ /-]{1,3}\d[\d /-]{4,11}$/,
  /^0[1-9](?:[ .-]?\d{2}){4}$/,
  /^0[1-9]\d{8,9}$/,
  /^0[1-9]\d{2,4}[ -]\d{3}[ -]\d{3,4}$/,
]

const pairShape = /^\d{2}(?:[ -]\d{2}){3}$/
const spanishShape = /^[5-9]\d{2}[ -]\d{3}[ -]\d{3}$|^[5-9]\d{2}(?:[ -]\d{2}){3}$/
const pairCountries = new Set(['DK', 'NO', 'FR', 'LU', 'IS', 'FI'])
const nineDigitCountries = new Set(['ES', 'PT', 'PL', 'CZ', 'SK', 'GR', 'CH', 'BE', 'SI'])

function isInternational({ raw, digits }: Window): boolean {
  if (digits.length < 8 || !/^\(?(?:\+|00)/.test(raw)) return false
  const number = parsePhoneNumberFromString(`+${digits.replace(/^00/, '')}`)
  return number === undefined ? raw.startsWith('+') : number.isPossible() || digits.length >= 10
}

function isNational({ raw, digits }: Window, country: string | undefined): boolean {
  if (shapes.some((shape) => shape.test(raw))) return digits.length >= 8
  if (country === undefined) return spanishShape.test(raw) && !raw.includes('-')
  if (pairCountries.has(country) && pairShape.test(raw)) return true
  if (nineDigitCountries.has(country) && spanishShape.test(raw)) return true
  // Bare digits are as often an order number: they must be a valid number of the business's own country.
  if (digits.length < 9 || !isSupportedCountry(country)) return false
  return parsePhoneNumberFromString(digits, country satisfies CountryCode)?.isValid() ?? false
}

function windowOf(text: string, chain: readonly Range[], first: number, last: number): Window {
  let start = chain[first]?.start ?? 0
  const end = chain[last]?.end ?? start
  // "+44", "(020)", "(+44)": signs in front belong to the number.
  for (let i = 0; i < 2 && /[+(]/.test(text.charAt(start - 1)); i += 1) start -= 1
  if (text.charAt(start) === '(' && !text.slice(start, end).includes(')')) start += 1
  return { raw: text.slice(start, end), digits: digitsOf(text, chain, first, last), start, end }
}

function isAmount(text: string, { start, end }: Window): boolean {
  return (
    /[$€£¥₹]\s?$|(?:usd|eur|gbp|chf)\s?$/i.test(text.slice(Math.max(0, start - 4), start)) ||
    /^(?:,\d|\s?[$€£¥%])/.test(text.slice(end, end + 3))
  )
}

function isPhone(
  plain: { text: string; folded: string },
  window: Window,
  country: string | undefined,
): boolean {
  const { text, folded } = plain
  const { start, end, raw, digits } = window
  if (
    digits.length < fewest ||
    digits.length > (raw.startsWith('00') ? most + 2 : most) ||
    dateLike.test(raw) ||
    isAmount(text, window)
  )
    return false
  if (
    isWordUnit(text.charAt(start - 1)) ||
    (isWordUnit(text.charAt(end)) && !extension.test(folded.slice(end, end + 16)))
  )
    return false
  const before = folded.slice(Math.max(0, start - 32), start)
  const isPlus = isInternational(window)
  if (isPlus && raw.includes('+')) return true
  if (notPhone.test(before)) return false
  if (isPlus && standsAlone(text, window)) return true
  const isSpokenOf = spokenOf.test(before) || spokenOfAfter.test(folded.slice(end, end + 16))
  return isSpokenOf || (standsAlone(text, window) && isNational(window, country))
}

/** Not a stretch out of a longer number: no digits joined to either end. */
function standsAlone(text: string, { start, end }: Window): boolean {
  return (
    !/\d[ .\-/+]$/.test(text.slice(Math.max(0, start - 2), start)) &&
    !/^[ .\-/]\d/.test(text.slice(end, end + 2))
  )
}

function lastGroup(
  plain: { text: string; folded: string },
  chain: readonly Range[],
  first: number,
  country: string | undefined,
): Window | undefined {
  let last = first
  for (let count = 0; last < chain.length && last < first + 8; last += 1) {
    const group = chain[last]
    count += group === undefined ? 0 : group.end - group.start
    if (count > most + 2) break
  }
  for (last -= 1; last >= first; last -= 1) {
    const window = windowOf(plain.text, chain, first, last)
    if (isPhone(plain, window, country)) return window
  }
  return undefined
}

/** Phone numbers: international ones by themselves, national ones by their grouping, others when a word says so. */
export const detectPhone: Detector = (plain, country) => {
  const found: Found[] = []
  for (const chain of digitChains(plain.text, 4, isSeparator)) {
    for (let first = 0; first < chain.length; first += 1) {
      const window = lastGroup(plain, chain, first, country)
      if (!window) continue
      const tail = extension.exec(plain.folded.slice(window.end, window.end + 24))
      found.push({ kind: 'phone', start: window.start, end: window.end + (tail?.[0].length ?? 0) })
      while (first + 1 < chain.length && (chain[first + 1]?.start ?? 0) < window.end) first += 1
    }
  }
  return found
}
