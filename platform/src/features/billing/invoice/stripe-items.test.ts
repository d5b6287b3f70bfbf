import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stripeItems } from './stripe-items.ts'

const lines = fc.array(
  fc.record({
    id: fc.constant('').map(() => randomUUID()),
    description: fc.constant('A service'),
    card: fc.nat(10_000),
  }),
  { maxLength: 1_200 },
)

test('however many lines an invoice has, Stripe gets at most 250 items, and they come to what the card pays', () => {
  fc.assert(
    fc.property(lines, (all) => {
      const items = stripeItems(all)
      expect(items.length).toBe(Math.min(250, all.filter((line) => line.card !== 0).length))
      expect(items.reduce((sum, item) => sum + item.amount, 0)).toBe(
        all.reduce((sum, line) => sum + line.card, 0),
      )
      expect(new Set(items.map((item) => item.line)).size).toBe(items.length)
    }),
    { numRuns: 30 },
  )
})

test('the same lines give the same items under the same keys, so that a call that is made again changes nothing', () => {
  const all = Array.from({ length: 400 }, (_, at) => ({
    id: randomUUID(),
    description: `Line ${at}`,
    card: at + 1,
  }))

  expect(stripeItems(all)).toEqual(stripeItems(all))
  expect(stripeItems(all).at(-1)?.description).toBe('151 more lines, as your invoice in BizQ lists them')
})
