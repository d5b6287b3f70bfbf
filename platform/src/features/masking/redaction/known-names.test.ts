import { describe, expect, test } from 'vitest'
import { type KnownEntry, buildKnownNames } from './known-names.ts'
import { redact } from './redact.ts'
import { assemble } from './segment.ts'

const entries: KnownEntry[] = [
  { dataset: 'suppliers', id: 'acme', name: 'ACME SUPPLIES LTD' },
  {
    dataset: 'suppliers',
    id: 'fox',
    name: 'Fox & Hound',
    email: 'Hello@fox-hound.example',
    phone: '020 7946 0958',
  },
  { dataset: 'suppliers', id: 'zwickeley', name: 'Zwickeley Paper Mills Ltd' },
  { dataset: 'suppliers', id: 'target', name: 'Target' },
  { dataset: 'suppliers', id: 'bp', name: 'BP' },
  { dataset: 'customers', id: 'mueller', name: 'Jürgen Müller', otherNames: ['Müller Metallbau GmbH'] },
  { dataset: 'customers', id: 'obrien', name: "Siobhán O'Brien" },
  { dataset: 'customers', id: 'kowalska', name: 'Wisława Anna Kowalska', street: 'Jahu 56' },
  { dataset: 'customers', id: 'smith1', name: 'John Smith' },
  { dataset: 'customers', id: 'smith2', name: 'John Smith' },
  { dataset: 'customers', id: 'tanaka', name: '田中太郎' },
  { dataset: 'customers', id: 'cash', name: 'Cash' },
]
const known = buildKnownNames(entries)
const show = (text: string): string => assemble(redact(text, known), (_, id) => `<${id}>`)

describe('a customer or supplier of the business becomes its pseudonym', () => {
  test.each([
    ['as on file', 'pay Acme Supplies Ltd today', 'pay <acme> today'],
    ['without its legal form', 'pay acme supplies today', 'pay <acme> today'],
    ['with another', 'pay Acme Supplies, Inc. today', 'pay <acme>. today'],
    ['possessive', "Acme Supplies' bill and Acme Supplies’s bill", "<acme>' bill and <acme>’s bill"],
    ['by its telling first word', 'Zwickeley was late', '<zwickeley> was late'],
    ['in one word', 'see acmesupplies online', 'see <acme> online'],
    ['with "and" for "&"', 'from Fox and Hound', 'from <fox>'],
    ['an everyday word, in its own case', 'Target paid', '<target> paid'],
    ['two letters, in capitals', 'fuel at BP', 'fuel at <bp>'],
    ['surname first', 'Müller, Jürgen called', '<mueller> called'],
    ['umlauts spelled out', 'Juergen Mueller called', '<mueller> called'],
    ['without accents', 'jurgen muller called', '<mueller> called'],
    ['with a middle initial', 'Jürgen K. Müller', '<mueller>'],
    ['initial and surname', 'J. Müller', '<mueller>'],
    ['its other name', 'Müller Metallbau paid', '<mueller> paid'],
    ['with an apostrophe of any kind', 'Siobhan O’Brien, OBrien Siobhan', '<obrien>, <obrien>'],
    ['without its middle name', 'Wislawa Kowalska', '<kowalska>'],
    ['by a surname that only one has', 'ask Kowalska about it', 'ask <kowalska> about it'],
    ['across lines', 'Jürgen\nMüller', '<mueller>'],
    ['in a script without blanks', '田中太郎さん', '<tanaka>さん'],
    ['with invisible characters', 'Ac\u200bme Sup\u00adplies', '<acme>'],
    ['in look-alike letters', 'Асmе Supplies', '<acme>'],
    ['by e-mail address', 'mail hello (at) fox-hound.example', 'mail <fox>'],
    ['by phone number', 'ring +44 (20) 7946-0958', 'ring <fox>'],
  ])('%s', (_, text, shown) => {
    expect(show(text)).toBe(shown)
  })
})

describe('no record is named', () => {
  test.each([
    ['that shares its name with another', 'from John Smith', 'from [person]'],
    ['by the surname of someone else', 'Maria Kowalska', '[person] [person]'],
    ['by the first word of another firm', 'Zwickeley Motors sent it', 'Zwickeley Motors sent it'],
    ['by an everyday word in lower case', 'hit the target', 'hit the target'],
    ['by what stands where a name is missing', 'paid in cash, Cash', 'paid in cash, Cash'],
  ])('%s', (_, text, shown) => {
    expect(show(text)).toBe(shown)
  })
})

test('a known street is an address though nothing else says so', () => {
  expect(show('Jahu 56 again')).toBe('[address] again')
})

test('ten thousand names are each told apart', () => {
  const letters = 'bdfgklmnprstvz'
  const name = (i: number): string =>
    Array.from(
      { length: 4 },
      (_, at) => `${letters[Math.floor(i / letters.length ** at) % letters.length]}ou`,
    ).join('')
  const many = buildKnownNames(
    Array.from({ length: 10_000 }, (_, i): KnownEntry => ({
      dataset: 'customers',
      id: String(i),
      name: `Xenia ${name(i)}qx`,
    })),
  )

  for (const i of [0, 1, 4711, 9999]) {
    expect(redact(`sent to Xenia ${name(i)}qx today`, many)).toEqual([
      { text: 'sent to ' },
      { dataset: 'customers', id: String(i) },
      { text: ' today' },
    ])
  }
})
