import { expect, test } from 'vitest'
import { Money } from './money.ts'

test.each([
  ['a fraction of a minor unit', { amount: 10.5, currency: 'GBP' }],
  ['more than JSON holds exactly', { amount: 2 ** 53, currency: 'GBP' }],
  ['a number in words', { amount: '1050', currency: 'GBP' }],
  ['no number', { amount: Number.NaN, currency: 'GBP' }],
  ['no currency', { amount: 1050 }],
  ['a currency that is none', { amount: 1050, currency: 'gbp' }],
])('an amount is whole minor units of a currency: %s is none', (_, value) => {
  expect(Money.safeParse(value).success).toBe(false)
})

test('the largest and the smallest amount are taken as they are', () => {
  for (const amount of [Number.MAX_SAFE_INTEGER, 0, Number.MIN_SAFE_INTEGER])
    expect(Money.parse({ amount, currency: 'GBP' })).toEqual({ amount, currency: 'GBP' })
})
