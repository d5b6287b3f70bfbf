import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildKnownNames, noKnownNames } from './known-names.ts'
import { locate, redact } from './redact.ts'
import { assemble } from './segment.ts'

const show = (text: string): string =>
  assemble(redact(text, noKnownNames), (dataset, id) => `${dataset}:${id}`)

const separators = [' ', '-', '.', '\u00a0', '\u2009', ' - ', '\u200b', '\u2011', '/', '\n']
// Zeros of ASCII, full-width, Arabic, Devanagari and mathematical digits.
const zeros = [0x30, 0xff10, 0x660, 0x966, 0x1d7d8]
const inDigitsOf = (zero: number, text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
const inAscii = (text: string): string =>
  Array.from(text, (unit) => {
    const code = unit.codePointAt(0) ?? 0
    const zero = zeros.find((each) => code >= each && code < each + 10)
    return zero === undefined ? unit : String(code - zero)
  }).join('')

const invisibles = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u180e', '\u034f']

/** The text with an invisible character behind some of its letters. */
const haunted = (text: string): fc.Arbitrary<string> => {
  const place = fc.tuple(fc.nat(Math.max(0, text.length - 2)), fc.constantFrom(...invisibles))
  return fc.array(place, { maxLength: 4 }).map((places) => {
    const letters = Array.from(text)
    for (const [at, invisible] of places) letters[at] = `${letters[at] ?? ''}${invisible}`
    return letters.join('')
  })
}

const cased = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    text.replace(/[a-z]/g, (unit, at: number) => (at % 2 ? unit : unit.toUpperCase())),
  )

const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.nat(9), { minLength: count, maxLength: count }).map((each) => each.join(''))

function withCheckDigit(body: string): string {
  let sum = 0
  for (const [i, digit] of Array.from(body).reverse().entries()) {
    const weighed = i % 2 === 0 ? Number(digit) * 2 : Number(digit)
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return body + String((10 - (sum % 10)) % 10)
}

const cardNumber = fc.oneof(
  digits(14).map((body) => withCheckDigit(`4${body}`)),
  digits(13).map((body) => withCheckDigit(`51${body}`)),
  digits(12).map((body) => withCheckDigit(`34${body}`)),
  digits(11).map((body) => withCheckDigit(`6011${body}`)),
)

const ibanNumber = fc
  .constantFrom<readonly [string, number]>(
    ['DE', 18],
    ['AT', 16],
    ['ES', 20],
    ['PT', 21],
    ['PL', 24],
    ['SE', 20],
    ['BE', 12],
    ['NO', 11],
  )
  .chain(([country, length]) => digits(length).map((bban) => ({ country, bban })))
  .map(({ country, bban }) => {
    const numeric = `${bban}${country.charCodeAt(0) - 55}${country.charCodeAt(1) - 55}00`
    return country + String(98n - (BigInt(numeric) % 97n)).padStart(2, '0') + bban
  })

const grouped = (value: string, size: number, by: string): string =>
  (value.match(new RegExp(`.{1,${size}}`, 'gu')) ?? []).join(by)

const label = fc.string({
  unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz0123456789')),
  minLength: 2,
  maxLength: 12,
})
const mailbox = fc
  .tuple(
    fc.array(label, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('.', '_', '-', '+'),
    label,
    fc.constantFrom('com', 'de', 'co.uk', 'info', 'museum'),
  )
  .map(([local, joint, domain, ending]) => `${local.join(joint)}@${domain}x.${ending}`)

const mailEncodings: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  (text) => text.replace('@', '%40'),
  (text) => text.replace('@', '&#64;'),
  (text) => text.replace('@', '&#x40;'),
  (text) => text.replace('@', '＠'),
  (text) => text.replace('@', ' (at) '),
  (text) => text.replace('@', '\\u0040'),
  (text) => Array.from(text, (unit) => `%${unit.charCodeAt(0).toString(16)}`).join(''),
  (text) => Buffer.from(`mail ${text}`).toString('base64'),
  (text) => Buffer.from(`mail ${text}`).toString('hex'),
]

const before = fc.constantFrom('', 'please use ', 'Kunde: ', '(', '"', 'to:', '> ', 'ref 12, ')
const behind = fc.constantFrom('', ' thanks', ')', '"', ', please', '.', '\nbye', ' <br>')

/** The digits that are left of what was planted; "ref 12" stood around it. */
const digitsLeft = (shown: string): string => inAscii(shown).replace(/ref 12|\D/g, '')

describe('what was planted does not survive', () => {
  test('an e-mail address, in any case and the usual encodings', () => {
    fc.assert(
      fc.property(
        mailbox.chain(cased),
        fc.constantFrom(...mailEncodings),
        before,
        behind,
        (address, encode, head, tail) => {
          const written = encode(address)
          const shown = show(head + written + tail)
          expect(shown).toContain('[email]')
          expect(shown).not.toContain(written)
          expect(shown.toLowerCase()).not.toContain(address.toLowerCase().slice(address.indexOf('@') + 1))
        },
      ),
    )
  })

  test('an e-mail address with invisible characters inside', () => {
    fc.assert(
      fc.property(mailbox.chain(haunted), before, behind, (address, head, tail) => {
        const shown = show(head + address + tail)
        expect(shown).toContain('[email]')
        expect(shown).not.toContain('@')
      }),
    )
  })

  test('a card number, in any digits and grouping, with invisible characters', () => {
    const written = fc
      .tuple(cardNumber, fc.constantFrom('', ...separators), fc.constantFrom(...zeros))
      .map(([number, by, zero]) => inDigitsOf(zero, grouped(number, 4, by)))
    fc.assert(
      fc.property(fc.oneof(written, cardNumber.chain(haunted)), before, behind, (number, head, tail) => {
        expect(digitsLeft(show(head + number + tail))).toBe('')
      }),
    )
  })

  test('an IBAN, in any case and spacing, with invisible characters', () => {
    const written = fc
      .tuple(ibanNumber.chain(cased), fc.constantFrom('', ...separators), fc.constantFrom(2, 4, 5))
      .map(([number, by, size]) => grouped(number, size, by))
    fc.assert(
      fc.property(fc.oneof(written, ibanNumber.chain(haunted)), before, behind, (number, head, tail) => {
        const shown = show(head + number + tail)
        expect(shown).toContain('[iban]')
        expect(digitsLeft(shown)).toBe('')
      }),
    )
  })
})

const harmlessWords =
  'please the order is late two boxes of green tea arrived broken we need them before noon 3 12 2.50 EUR SKU-4431 40% when it rains £5 today, thanks! (again) ok? 12:30 for free … 🎉 lovely café'
const harmless = fc
  .array(fc.constantFrom(...harmlessWords.split(' ')), { maxLength: 30 })
  .map((words) => words.join(' '))

const personal = fc.constantFrom(
  'Anna Kowalska',
  'Mr Smith',
  'anna@example.com',
  '4111 1111 1111 1111',
  'DE89 3704 0044 0532 0130 00',
  '+44 20 7946 0958',
  '12 High Street, Leeds LS1 4AP',
  'Dear John,',
  'Kind regards,\nMaria',
  'Smith, John',
  'lives at Jahu 56',
  'born 1.2.1980',
  'VAT DE123456789',
  'https://x.example/?mail=a%40b.de',
  '10.1.2.3',
  '[person]',
  '[email]',
  `cus_${'0123456789abcdef'.repeat(2)}`,
  'call',
  'from',
  'GINGER KAMPS',
  "O'Brien's",
  'van der Berg',
  'order 12345678',
)
const mixed = fc
  .array(fc.oneof(personal, harmless, fc.constantFrom(' ', '\n', ', ', '. ', ': ')), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((parts) => fc.constantFrom(' ', '', ', ', '\n').map((joint) => parts.join(joint)))
const anything = fc.string({ unit: 'binary', maxLength: 120 })

describe('segments', () => {
  test('of a text without anything personal are the text', () => {
    fc.assert(
      fc.property(harmless, (text) => {
        expect(redact(text, noKnownNames)).toEqual(text === '' ? [] : [{ text }])
      }),
    )
  })

  test('cover the whole text in order, whatever its characters', () => {
    fc.assert(
      fc.property(fc.oneof(mixed, anything), (text) => {
        const found = locate(text, noKnownNames)
        const kept = redact(text, noKnownNames)
          .map((segment) => ('text' in segment ? segment.text : ''))
          .join('')
        const left = found.reduceRight((rest, each) => rest.slice(0, each.start) + rest.slice(each.end), text)
        expect(
          found.every((each, i) => each.start < each.end && each.start >= (found[i - 1]?.end ?? 0)),
        ).toBe(true)
        expect(kept).toBe(left)
      }),
    )
  })

  test('are the same each time', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        expect(redact(text, noKnownNames)).toEqual(redact(text, noKnownNames))
      }),
    )
  })

  test('put together and read again lose nothing more', () => {
    const known = buildKnownNames([{ dataset: 'customers', id: 'k', name: 'Anna Kowalska' }])
    const pseudonym = (): string => `cus_${'9f86d081884c7d65'.repeat(2)}`
    fc.assert(
      fc.property(mixed, (text) => {
        const once = assemble(redact(text, known), pseudonym)
        expect(assemble(redact(once, known), pseudonym)).toBe(once)
      }),
      { numRuns: 500 },
    )
  })
})
