import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findLeaks, leakForms } from './leaks.ts'

const word = fc.string({
  unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyzäöéßłñABCXYZ0189')),
  minLength: 4,
  maxLength: 14,
})
const value = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
const filler = fc.string({ unit: fc.constantFrom(...Array.from('.,;:!?()[]{}<>~^ \n')), maxLength: 40 })

const encodings: Record<string, (text: string) => string> = {
  plain: (text) => text,
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  hex: (text) => Buffer.from(text).toString('hex'),
  'upper hex': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64, one byte in': (text) => Buffer.from(`x${text}yz`).toString('base64'),
  'base64, two bytes in': (text) => Buffer.from(`xy${text}z`).toString('base64'),
  'base64 of the lower case': (text) => Buffer.from(text.toLowerCase()).toString('base64'),
  url: (text) => encodeURIComponent(text),
  'url form': (text) => new URLSearchParams({ q: text }).toString(),
  json: (text) =>
    JSON.stringify(text).replace(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  decomposed: (text) => text.normalize('NFD'),
  'without accents': (text) => text.normalize('NFKD').replaceAll(/\p{M}/gu, ''),
  'hex of the upper case': (text) => Buffer.from(text.toUpperCase()).toString('hex'),
  'every byte percent-encoded': (text) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&'),
  'base64url, one byte in': (text) => Buffer.from(`x${text}yz`).toString('base64url'),
  'base64url, two bytes in': (text) => Buffer.from(`xy${text}z`).toString('base64url'),
}

describe('a planted value is found', () => {
  test.each(Object.entries(encodings))('written as %s', (_, encode) => {
    fc.assert(
      fc.property(value, filler, filler, (planted, before, after) => {
        const leaks = findLeaks(`${before} ${encode(planted)} ${after}`, [planted])
        expect(leaks.map((leak) => leak.value)).toContain(planted)
      }),
    )
  })

  test('when only one of its words got out', () => {
    const leaks = findLeaks('note: ask kowalska about it', ['Wisława Kowalska'])

    expect(leaks).toEqual([{ value: 'Wisława Kowalska', form: 'kowalska', encoding: 'plain', index: 10 }])
  })

  test('when its digits got out without their separators', () => {
    expect(findLeaks('{"n":"442079460958"}', ['+44 20 7946 0958']).length).toBeGreaterThan(0)
  })

  test.each([
    ['a phone', '+44 7700 900123', '{"call":"447700900123"}'],
    ['a phone in other groups', '+447700900123', 'call 0044-7700-900-123'],
    ['a card', '4539148803436467', 'paid with 4539 1488 0343 6467.'],
    ['an account', 'GB82WEST12345698765432', 'to GB82 WEST 1234 5698 7654 32 today'],
  ])('when the number got out in other groups: %s', (_, planted, text) => {
    const [leak] = findLeaks(text, [planted])
    expect(leak?.value).toBe(planted)
    expect(text.slice(leak?.index).charAt(0)).toMatch(/[A-Z\d]/)
  })

  test('in the bytes of a buffer, as UTF-8 and as UTF-16', () => {
    expect(findLeaks(Buffer.from('\0\u0001 Jürgen Ångström', 'utf8'), ['Ångström']).length).toBeGreaterThan(0)
    expect(findLeaks(Buffer.from('xx Ångström', 'utf16le'), ['Ångström']).length).toBeGreaterThan(0)
    expect(
      findLeaks(Buffer.concat([Buffer.of(7), Buffer.from('Ångström', 'utf16le')]), ['Ångström']).length,
    ).toBeGreaterThan(0)
  })

  test('even when it is shorter than a token', () => {
    expect(findLeaks('by Li, today', ['Li']).length).toBeGreaterThan(0)
  })
})

describe('nothing is found', () => {
  test('in text that holds none of the values, in random bytes and their encodings', () => {
    const values = Array.from({ length: 2000 }, (_, i) => `Qwx${i}zy Kjv${(i * 7919).toString(36)}qq`)
    let state = 7
    const bytes = Buffer.from(
      Array.from({ length: 300_000 }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16),
    )
    const haystack = `${bytes.toString('base64')}\n${bytes.toString('hex')}`

    expect(findLeaks(haystack, values)).toEqual([])
  })

  test('of a short word inside a digest or a signature, where it stands by chance', () => {
    const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
    const signature = 'eyJhbGciOiJFUzI1NiJ9Qx7AnnaK2pLm9sTzWv4RbYh8'

    expect(findLeaks(digest, ['884c 0c55'])).toEqual([])
    expect(findLeaks(signature, ['Anna Mo'])).toEqual([])
    expect(findLeaks('sent by Anna, 0c55', ['Anna Mo', '884c 0c55'])).toHaveLength(2)
  })

  test('of words shorter than four characters beside longer ones', () => {
    expect(findLeaks('Jo and an owl', ['Jo Szczepański'])).toEqual([])
  })

  test('without values', () => {
    expect(findLeaks('anything', [])).toEqual([])
  })
})

test('thousands of values in megabytes are found where they stand', () => {
  const values = Array.from({ length: 3000 }, (_, i) => `Person${i}x Name${i * 31}q`)
  const line = 'The quick brown fox ships forty-two parcels before noon. '
  const haystack =
    line.repeat(20_000) + Buffer.from('Person2999x Name92969q').toString('base64') + line.repeat(20_000)

  const leaks = findLeaks(haystack, values)

  expect([...new Set(leaks.map((leak) => leak.value))]).toEqual(['Person2999x Name92969q'])
  expect(leaks.every((leak) => leak.encoding === 'base64' && leak.index >= line.length * 20_000)).toBe(true)
})

test('the forms of a value are the whole and its long words, plain and encoded', () => {
  const forms = leakForms('Ada Lovelace')

  expect(forms).toEqual(
    expect.arrayContaining([
      'Ada Lovelace',
      'Lovelace',
      'Ada%20Lovelace',
      Buffer.from('Lovelace').toString('hex'),
    ]),
  )
  expect(forms).not.toContain('Ada')
  for (const prefix of ['', 'x', 'xy']) {
    const encoded = Buffer.from(`${prefix}Lovelace!!`).toString('base64')
    expect(forms.some((form) => form.length > 7 && encoded.includes(form))).toBe(true)
  }
})
