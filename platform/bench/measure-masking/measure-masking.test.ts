import { expect, test } from 'vitest'
import { measureGenerated, measureKnown } from './measure-generated.ts'
import { measurePresidio } from './measure-presidio.ts'
import { rowsMissingAims } from './report.ts'
import { wilson } from './score.ts'

const options = { split: 'held-out', count: 200, seed: 7, misses: 0 } as const

test('e-mail, card, IBAN and the names of customers and suppliers are taken out as promised', () => {
  const rows = [...measurePresidio(options), ...measureGenerated(options), ...measureKnown(options)]

  expect(
    rows.filter((row) => ['email', 'card', 'iban', 'known'].includes(row.type) && row.n >= 200),
  ).toHaveLength(4)
  expect(rowsMissingAims(rows)).toEqual([])
})

test('the same seed gives the same figures', () => {
  expect(measureKnown(options)).toEqual(measureKnown(options))
  expect(measureKnown({ ...options, seed: 8 })).not.toEqual(measureKnown(options))
})

test('an aim that is missed is said', () => {
  const row = { corpus: 'x', type: 'card', n: 1000, removed: 989, typed: 989, cuts: 989, right: 989 }

  expect(rowsMissingAims([row, { ...row, removed: 990 }, { ...row, type: 'person' }])).toEqual([row])
})

test("Wilson's interval is that of the literature", () => {
  const [low, high] = wilson(45, 50)

  expect(low).toBeCloseTo(0.7864, 4)
  expect(high).toBeCloseTo(0.9565, 4)
})
