import { expect, test } from 'vitest'
import { NewCredit } from './offer-schemas.ts'
import { ClockAdvance, CouponCode, UsageCap } from './schemas.ts'

test.each([
  ['a code that is too short', CouponCode, { code: 'A' }],
  ['a code that is left out', CouponCode, {}],
  ['a cap of half a cent', UsageCap, { amount: 0.5 }],
  ['a cap below nothing', UsageCap, { amount: -1 }],
  ['a clock that goes back', ClockAdvance, { days: -1 }],
  ['no number of days', ClockAdvance, { days: null }],
])('%s is refused in a sentence, not in the words of the schema', (_, schema, body) => {
  const { error } = schema.safeParse(body)
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringMatching(/^A .+\.$/)])
})

test('an account credit of less than nothing is refused in a sentence', () => {
  const { error } = NewCredit.shape.amount.safeParse({ amount: -500, currency: 'USD' })
  expect(error?.issues).toMatchObject([{ path: ['amount'], message: expect.stringMatching(/whole number/) }])
})
