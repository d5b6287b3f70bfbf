import { expect, test } from 'vitest'
import { learnWaiting, type Outcome } from './waiting.ts'

const paid = (customer: string | null, daysLate: number, times = 1): Outcome[] =>
  Array.from({ length: times }, () => ({ customer, daysLate, isPaid: true }))
const open = (customer: string | null, daysLate: number, times = 1): Outcome[] =>
  paid(customer, daysLate, times).map((outcome) => ({ ...outcome, isPaid: false }))

test('a customer who pays two weeks late is waited for longer than one who pays on the second day', () => {
  const wait = learnWaiting([...paid('slow', 14, 20), ...paid('prompt', 2, 20)])
  expect(wait('slow', 1).days).toBeGreaterThan(wait('prompt', 1).days)
  expect(wait('slow', 1).unpaidInAWeek).toBeGreaterThan(wait('prompt', 1).unpaidInAWeek)
})

test('unpaid invoices count as waiting, not as nothing', () => {
  const settled = learnWaiting(paid('a', 5, 10))
  const stuck = learnWaiting([...paid('a', 5, 10), ...open('a', 60, 10)])
  expect(stuck('a', 3).days).toBeGreaterThan(settled('a', 3).days)
})

test('a customer without history is taken for an average one', () => {
  const wait = learnWaiting([...paid('a', 10, 30), ...paid('b', 20, 30)])
  expect(wait('new', 8)).toEqual(wait(null, 8))
  expect(wait('new', 8).days).toBeGreaterThan(wait('a', 8).days)
  expect(wait('new', 8).days).toBeLessThan(wait('b', 8).days)
})

test('chances stay chances without history and at any age of an invoice', () => {
  for (const learned of [[], paid('a', 3), open(null, 10_000), paid('a', -10_000)]) {
    for (const daysLate of [-500, 0, 1, 400, 100_000]) {
      const { days, unpaidInAWeek } = learnWaiting(learned)('a', daysLate)
      expect(unpaidInAWeek).toBeGreaterThanOrEqual(0)
      expect(unpaidInAWeek).toBeLessThanOrEqual(1)
      expect(days).toBeGreaterThanOrEqual(1)
      expect(days).toBeLessThanOrEqual(90)
    }
  }
})
