import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { CountryCode } from 'libphonenumber-js/max'
import type { Identity } from './identities.ts'
import type { Random } from './random.ts'

/** How a value is written in the text, and what it is in the plain. */
export type Maker = (identity: Identity, random: Random) => string

const luhnDigit = (digits: string): string => {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i])
    const weighed = i % 2 === 0 ? digit * 2 : digit
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return String((10 - (sum % 10)) % 10)
}

const brands: ReadonlyArray<readonly [string, number]> = [
  ['4', 16],
  ['4', 16],
  ['51', 16],
  ['53', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['3528', 16],
  ['3589', 16],
  ['36', 14],
  ['38', 14],
  ['300', 14],
  ['62', 16],
  ['62', 19],
  ['50', 16],
  ['67', 16],
  ['4', 13],
  ['4', 19],
  ['2200', 16],
]

function cardNumber(random: Random): string {
  const [prefix, length] = random.pick(brands)
  const body = prefix + random.digits(length - prefix.length - 1)
  return body + luhnDigit(body)
}

function inGroups(digits: string, separator: string): string {
  if (digits.length === 15) return [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10)].join(separator)
  if (digits.length === 14) return [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10)].join(separator)
  return (digits.match(/.{1,4}/g) ?? []).join(separator)
}

const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) + 0xfee0))
const arabic = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))
const invisible = (text: string, random: Random): string => {
  const at = 1 + random.below(text.length - 1)
  return text.slice(0, at) + random.pick(['\u200b', '\u200d', '\u00ad', '\u2060', '\ufeff']) + text.slice(at)
}

const cardForms: ReadonlyArray<(digits: string, random: Random) => string> = [
  (digits) => digits,
  (digits) => digits,
  (digits) => inGroups(digits, ' '),
  (digits) => inGroups(digits, ' '),
  (digits) => inGroups(digits, '-'),
  (digits) => inGroups(digits, '.'),
  (digits) => inGroups(digits, '\u00a0'),
  (digits) => inGroups(digits, ' - '),
  (digits) => inGroups(digits, '\u2009'),
  (digits) => fullWidth(digits),
  (digits) => arabic(digits),
  (digits, random) => invisible(digits, random),
  (digits) => inGroups(digits, '/'),
]

export const card: Maker = (_, random) => random.pick(cardForms)(cardNumber(random), random)

// BBAN structures of the SWIFT registry: n digits, a letters, c either.
const bbans: Record<string, string> = {
  DE: '18n',
  GB: '4a14n',
  FR: '10n11c2n',
  NL: '4a10n',
  ES: '20n',
  IT: '1a10n12c',
  AT: '16n',
  CH: '5n12c',
  BE: '12n',
  PT: '21n',
  PL: '24n',
  SE: '20n',
  DK: '14n',
  NO: '11n',
  FI: '14n',
  IE: '4a14n',
  LU: '3n13c',
  CZ: '20n',
  SK: '20n',
  HU: '24n',
  MT: '4a5n18c',
  SA: '2n18c',
  BR: '23n1a1c',
  AE: '19n',
  SI: '15n',
  EE: '16n',
  LV: '4a13c',
  LT: '16n',
  HR: '17n',
  RO: '4a16c',
  BG: '4a6n8c',
  GR: '7n16c',
  CY: '8n16c',
  IS: '22n',
  TR: '6n16c',
  LI: '5n12c',
  MC: '10n11c2n',
  IL: '19n',
  QA: '4a21c',
  UA: '6n19c',
  GL: '14n',
  TN: '20n',
  XK: '16n',
  GI: '4a15c',
}

function mod97(text: string): number {
  let remainder = 0
  for (const unit of text) {
    const value = /\d/.test(unit) ? Number(unit) : unit.charCodeAt(0) - 55
    remainder = (value > 9 ? remainder * 100 + value : remainder * 10 + value) % 97
  }
  return remainder
}

function ibanNumber(random: Random): string {
  const [country, structure] = random.pick(Object.entries(bbans))
  let bban = ''
  for (const [, count, kind] of structure.matchAll(/(\d+)([nac])/g)) {
    for (let i = 0; i < Number(count); i += 1) {
      bban += kind === 'n' || (kind === 'c' && random.below(3) > 0) ? random.digits(1) : random.letters(1)
    }
  }
  const check = String(98 - mod97(`${bban}${country}00`)).padStart(2, '0')
  return country + check + bban
}

const ibanForms: ReadonlyArray<(iban: string, random: Random) => string> = [
  (iban) => iban,
  (iban) => inGroups(iban.padEnd(16), ' ').trim(),
  (iban) => (iban.match(/.{1,4}/g) ?? []).join(' '),
  (iban) => (iban.match(/.{1,4}/g) ?? []).join(' ').toLowerCase(),
  (iban) => iban.toLowerCase(),
  (iban) => (iban.match(/.{1,4}/g) ?? []).join('-'),
  (iban) => (iban.match(/.{1,4}/g) ?? []).join('\u00a0'),
  (iban) => (iban.match(/.{1,4}/g) ?? []).join('.'),
  (iban, random) => invisible(iban, random),
  (iban) => fullWidth(iban),
  (iban) => `${iban.slice(0, 2)} ${iban.slice(2, 4)} ${(iban.slice(4).match(/.{1,4}/g) ?? []).join(' ')}`,
]

export const iban: Maker = (_, random) => random.pick(ibanForms)(ibanNumber(random), random)

const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase() || 'someone'
const domains = [
  'gmail.com',
  'outlook.de',
  'web.de',
  'yahoo.co.uk',
  'orange.fr',
  'mail.example.org',
  'bücher.example',
  'kpn.nl',
  'telefonica.es',
  'libero.it',
  'xn--bcher-kva.example',
]

const emailForms: Maker[] = [
  (identity) => identity.email,
  (identity) => identity.email.toLowerCase(),
  (identity) => identity.email.toUpperCase(),
  (identity, random) => `${ascii(identity.given)}.${ascii(identity.surname)}@${random.pick(domains)}`,
  (identity, random) => `${ascii(identity.given)}_${random.digits(2)}@${random.pick(domains)}`,
  (identity, random) => `${ascii(identity.given)}+orders@${random.pick(domains)}`,
  (identity, random) => `${ascii(identity.given)[0]}${ascii(identity.surname)}@${random.pick(domains)}`,
  (identity) => `${identity.given.toLowerCase().replace(/[^\p{L}]/gu, '')}@${identity.domain.toLowerCase()}`,
  (identity) => `office@${identity.domain}`,
  (identity) => `mailto:${identity.email}`,
  (identity) => `<${identity.email}>`,
  (identity) => identity.email.replace('@', ' (at) ').replaceAll('.', ' dot '),
  (identity) => identity.email.replace('@', '[at]').replaceAll('.', '[dot]'),
  (identity) => identity.email.toLowerCase().replace('@', ' at ').replaceAll('.', ' dot '),
  (identity) => identity.email.replace('@', ' @ '),
  (identity) => identity.email.replace('@', '＠'),
  (identity) => identity.email.replace('@', '%40'),
  (identity) => identity.email.replace('@', '&#64;'),
  (identity, random) => invisible(identity.email, random),
  (identity, random) => `${ascii(identity.surname)}-${random.digits(4)}@mail.${random.pick(domains)}`,
]

export const email: Maker = (identity, random) => random.pick(emailForms)(identity, random)

function international(identity: Identity): string {
  const parsed = parsePhoneNumberFromString(identity.phone, identity.country as CountryCode)
  return parsed?.formatInternational() ?? `+${identity.callingCode} ${identity.phone}`
}

const phoneForms: Maker[] = [
  (identity) => identity.phone,
  (identity) => identity.phone,
  international,
  (identity) => international(identity).replaceAll(' ', ''),
  (identity) => international(identity).replace('+', '00'),
  (identity) => international(identity).replaceAll(' ', '-'),
  (identity, random) => `${international(identity)} ext. ${random.digits(3)}`,
]

export const phone: Maker = (identity, random) => random.pick(phoneForms)(identity, random)

const nameForms: Maker[] = [
  ({ given, surname }) => `${given} ${surname}`,
  ({ given, surname }) => `${given} ${surname}`,
  ({ given, surname }) => `${given} ${surname}`,
  ({ given, initial, surname }) => `${given} ${initial}. ${surname}`,
  ({ given }) => given,
]

export const person: Maker = (identity, random) => random.pick(nameForms)(identity, random)
export const fullName: Maker = ({ given, surname }) => `${given} ${surname}`

const numberFirst = new Set(['US', 'CA', 'AU', 'NZ', 'ZA', 'GB', 'FR', 'TN'])

function townLine({ city, state, zip, country }: Identity): string {
  if (country === 'US' || country === 'AU' || country === 'CA') return `${city}, ${state} ${zip}`
  return numberFirst.has(country) && country !== 'FR' ? `${city} ${zip}` : `${zip} ${city}`
}

const addressForms: Maker[] = [
  (identity) => `${identity.street}, ${townLine(identity)}`,
  (identity) => `${identity.street}, ${townLine(identity)}`,
  (identity) => `${identity.street}\n${townLine(identity)}`,
  (identity) => `${identity.street}, ${townLine(identity)}, ${identity.countryName}`,
  (identity) => identity.street,
]

export const address: Maker = (identity, random) => random.pick(addressForms)(identity, random)

export const birthday: Maker = ({ birthday }, random) => {
  const [month = '1', day = '1', year = '1970'] = birthday.split('/')
  const long = new Intl.DateTimeFormat('en', { month: 'long' }).format(new Date(2000, Number(month) - 1, 1))
  return random.pick([
    birthday,
    `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
    `${day}.${month}.${year}`,
    `${day} ${long} ${year}`,
    `${long} ${day}, ${year}`,
  ])
}

export const ip: Maker = (_, random) => {
  const octet = (): number => 1 + random.below(254)
  const v4 = `${octet()}.${octet()}.${octet()}.${octet()}`
  const hex = (): string => (random.below(0xffff) + 1).toString(16)
  return random.pick([v4, v4, Array.from({ length: 8 }, hex).join(':'), `2001:db8::${hex()}:${hex()}`])
}

export const nationalId: Maker = (_, random) => {
  const ssn = `${100 + random.below(560)}-${10 + random.below(89)}-${1000 + random.below(8999)}`
  const nino = `${random.pick(['AB', 'CE', 'JK', 'PW', 'SX'])} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)} ${random.pick(['A', 'B', 'C', 'D'])}`
  const dni = random.digits(8)
  return random.pick([
    ssn,
    nino,
    nino.replaceAll(' ', ''),
    `${dni}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(dni) % 23]}`,
  ])
}

export const taxNumber: Maker = (_, random) =>
  random.pick([
    `DE${random.digits(9)}`,
    `GB${random.digits(9)}`,
    `NL${random.digits(9)}B01`,
    `ATU${random.digits(8)}`,
    `FR${random.digits(11)}`,
    `IT${random.digits(11)}`,
    `ESB${random.digits(8)}`,
    `CHE-${random.digits(3)}.${random.digits(3)}.${random.digits(3)}`,
  ])

/** A number with a card's or an IBAN's looks whose check digit is wrong. */
export function nearCard(random: Random): string {
  const digits = cardNumber(random)
  const last = digits.at(-1)
  return inGroups(
    digits.slice(0, -1) + String((Number(last) + 1 + random.below(8)) % 10),
    random.pick(['', ' ']),
  )
}

export function nearIban(random: Random): string {
  const value = ibanNumber(random)
  return value.slice(0, 2) + String((Number(value.slice(2, 4)) + 3) % 100).padStart(2, '0') + value.slice(4)
}
