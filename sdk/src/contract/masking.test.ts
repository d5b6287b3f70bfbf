import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { datasetNames, datasetOf, defaultMask, looksLikeLegalEntity } from './index.ts'
import {
  coarse,
  maskRow,
  pseudonymise,
  resolvePseudonym,
  scaleAmount,
  scaleFactor,
  unscaleAmount,
  assembleText,
} from './host.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
const uuid = fc.uuid()
const realm = fc.constantFrom(...datasetNames, 'counterparties' as const)
const aKey = new Uint8Array(32).fill(7)

test('a pseudonym is one AES block that resolves to the record it came from', () => {
  fc.assert(
    fc.property(key, realm, uuid, (k, r, id) => {
      const pseudonym = pseudonymise(k, r, id)
      expect(pseudonym).toMatch(/^[a-z]{3}_[0-9a-f]{32}$/)
      expect(resolvePseudonym(k, r, pseudonym)).toBe(id)
    }),
  )
})

test('pseudonyms of one record differ between subscriptions and between datasets', () => {
  fc.assert(
    fc.property(key, key, uuid, (a, b, id) => {
      fc.pre(Buffer.compare(a, b) !== 0)
      expect(pseudonymise(a, 'bills', id)).not.toBe(pseudonymise(b, 'bills', id))
      const [bill, invoice] = [pseudonymise(a, 'bills', id), pseudonymise(a, 'invoices', id)]
      expect(bill.slice(4)).not.toBe(invoice.slice(4))
    }),
  )
})

test('a pseudonym is written as documented, to the last digit', () => {
  // HKDF-SHA256 (empty salt, info bizq:pseudonym:invoices, 16 bytes), AES-128-ECB over the UUID's bytes; computed with OpenSSL.
  expect(pseudonymise(aKey, 'invoices', '01890a5d-ac96-774b-bcce-b302099a8057')).toBe(
    'inv_a88979f30c67656ecfe8a521509533df',
  )
})

test('what has not the form of a pseudonym resolves to nothing', () => {
  const good = pseudonymise(aKey, 'bills', '01890a5d-ac96-774b-bcce-b302099a8057')
  for (const bad of ['', good.toUpperCase(), `${good}_1`, good.slice(0, -1), good.replace('bil', 'inv')]) {
    expect(resolvePseudonym(aKey, 'bills', bad)).toBeUndefined()
  }
})

test('scaled money comes back exactly, for every amount and every subscription', () => {
  const amount = fc.maxSafeInteger().map((n) => Math.trunc(n / 512) + 0)
  fc.assert(
    fc.property(key, amount, (k, x) => {
      const factor = scaleFactor(k)
      expect(factor).toBeGreaterThanOrEqual(8000)
      expect(factor).toBeLessThan(512_000)
      expect(unscaleAmount(scaleAmount(x, factor), factor)).toBe(x)
      expect(scaleAmount(0 - x, factor)).toBe(0 - scaleAmount(x, factor))
    }),
    { numRuns: 1000 },
  )
})

test('scaled money rounds half away from zero, as numeric does in SQL', () => {
  expect([1, -1, 3].map((x) => scaleAmount(x, 8500))).toEqual([9, -9, 26])
  expect(() => scaleAmount(Number.MAX_SAFE_INTEGER, 8000)).toThrow(RangeError)
})

test('factors are log-uniform between 8 and 512', () => {
  const bins = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < 6000; i++) {
    const factor = scaleFactor(new Uint8Array(32).map((_, j) => (i >> (8 * (j % 4))) & 255))
    bins[Math.floor(Math.log2(factor / 8000))]! += 1
  }
  for (const bin of bins) expect(bin).toBeGreaterThan(870)
})

test('a text shows kinds and pseudonyms where persons and records stood', () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  const text = assembleText(
    [{ text: 'Call ' }, { redacted: 'person' }, { text: ' of ' }, { dataset: 'customers', id }],
    aKey,
  )
  expect(text).toBe(`Call [person] of ${pseudonymise(aKey, 'customers', id)}`)
})

test('a personal instant loses its time of day and keeps its form', () => {
  expect(coarse('2026-11-20T23:59:59.999Z')).toBe('2026-11-20T00:00:00.000Z')
  expect(coarse('2026-11-20T23:30:00-02:00')).toBe('2026-11-21T00:00:00.000Z')
  expect(coarse('2026-11-20')).toBe('2026-11-20')
})

test('a field that is withheld is null on a masked row, whatever it holds', () => {
  for (const name of datasetNames) {
    const { fields } = datasetOf(name)
    const masks = Object.fromEntries(Object.entries(fields).map(([f, field]) => [f, defaultMask(field)]))
    const row = Object.fromEntries(
      Object.entries(fields).flatMap(([f, { kind }]) =>
        masks[f] === 'withheld' ? [[f, `secret ${kind}`]] : [],
      ),
    )
    const masked = maskRow(name, row, masks, { key: aKey, factor: 9000 })
    expect(JSON.stringify(masked)).not.toContain('secret')
    expect(Object.keys(masked)).toEqual(Object.keys(masks))
    for (const f of Object.keys(row)) expect(masked[f]).toBeNull()
  }
})

test.each([
  'Acme Supplies Ltd',
  'ACME LIMITED',
  'Müller & Söhne GmbH & Co. KG',
  'Dupont S.A.R.L.',
  'Novo A/S',
  'Kowalski Sp. z o.o.',
  'Staples, Inc.',
  'Birmingham City Council',
  'University of Leeds',
  'Turnverein Bonn e.V.',
  'Acme (UK) Ltd.',
  'Stichting Pensioen',
  'Rossi S.p.A.',
  'Nestlé SA',
  'Volvo AB',
  'Banco S. A.',
  'Wings Pty Ltd',
  'Samsung SDS Co., Ltd.',
])('%s is clearly a legal entity', (name) => {
  expect(looksLikeLegalEntity(name)).toBe(true)
})

test.each([
  'Ann Lee',
  'Ann Lee Catering',
  'Müller',
  'Acme',
  'Dr. Agnes Sa',
  'AGNES SA',
  'Kim Sia',
  'Lee & Sons',
  'Jan de Vries',
  'José Lda Costa',
  'Ms. Ag Nilsson',
  'Coltd Smith',
  'O. Y. Berg',
])('%s may be a person', (name) => {
  expect(looksLikeLegalEntity(name)).toBe(false)
})
