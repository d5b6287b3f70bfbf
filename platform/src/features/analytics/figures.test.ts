import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addUp, decisionShares, noExecutions, percentile, successRate, wallStep } from './figures.ts'

test('percentiles of added blocks are those of all their executions, within 5 %', () => {
  const times = fc.array(fc.double({ min: 1, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(times, times, fc.constantFrom(0.5, 0.95), (one, other, share) => {
      const wallOf = (each: number[]) => {
        const wall: Record<string, number> = {}
        for (const ms of each) {
          const bucket = Math.ceil(Math.log(ms) / Math.log(wallStep))
          wall[bucket] = (wall[bucket] ?? 0) + 1
        }
        return { ...noExecutions, wall }
      }
      const told = percentile(addUp(noExecutions, [wallOf(one), wallOf(other)]).wall, share) ?? 0
      const rising = [...one, ...other].sort((a, b) => a - b)
      const exact = rising[Math.ceil(share * rising.length) - 1] ?? 0
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(0.05 * exact + 1)
    }),
  )
})

test('what declines with a reason is served, what waits counts neither way', () => {
  const outcomes = { succeeded: 6, 'cannot-serve': 2, failed: 1, 'timed-out': 1, 'retry-later': 50 }
  expect(successRate({ ...noExecutions, outcomes })).toBe(0.8)
  expect(successRate(noExecutions)).toBeNull()
})

test('shares are of what was decided, and of what was accepted', () => {
  const outcomes = { accepted: 5, edited: 1, rejected: 3, expired: 1, undone: 2 }
  expect(decisionShares({ outcomes, reasons: {} })).toEqual({ accepted: 0.6, edited: 0.1, undone: 0.3333 })
})
