import { describe, expect, test } from 'vitest'
import { chanceOf, dailyDemand, demandOver, leadTime, normalQuantile, stockFor } from './reorder.ts'

describe('demand of a day', () => {
  test('is a seventh of the mean week, with the variance of weeks', () => {
    expect(dailyDemand([7, 14, 21])).toEqual({ mean: 2, variance: 7 })
  })

  test('takes a week of returns for a week without sales', () => {
    expect(dailyDemand([-50, 14])).toEqual(dailyDemand([0, 14]))
  })

  test('is nothing without weeks', () => {
    expect(dailyDemand([])).toEqual({ mean: 0, variance: 0 })
  })
})

describe('lead time', () => {
  test('is what was promised until three deliveries were seen', () => {
    expect(leadTime([30, 31], 10)).toEqual({ mean: 10, variance: 4 })
    expect(leadTime([30, 31, 32], 10)).toEqual({ mean: 31, variance: 1 })
  })

  test('adds its own uncertainty to that of demand', () => {
    expect(demandOver({ mean: 5, variance: 4 }, { mean: 9, variance: 2 })).toEqual({ mean: 45, variance: 86 })
  })
})

describe('the stock for a service level', () => {
  test('is the textbook figure where demand is large: mean plus 1.645 deviations', () => {
    expect(stockFor({ mean: 400, variance: 2500 }, 0.95)).toBeCloseTo(400 + 1.6449 * 50, 1)
  })

  test('of few and uneven pieces is the quantile of the negative binomial', () => {
    // r = 1, p = 1/3: geometric, P(X ≤ k) = 1 − (2/3)^(k+1), so 95 % are within 7 pieces.
    expect(stockFor({ mean: 2, variance: 6 }, 0.95)).toBe(7)
  })

  test('of wholly even demand is that demand', () => {
    expect(stockFor({ mean: 12, variance: 0 }, 0.99)).toBe(12)
  })

  test('rises with the level and is nothing where nothing is sold', () => {
    const demand = { mean: 9, variance: 30 }
    expect(stockFor(demand, 0.99)).toBeGreaterThan(stockFor(demand, 0.9))
    expect(stockFor({ mean: 0, variance: 0 }, 0.99)).toBe(0)
  })
})

test('the normal quantile agrees with the tables', () => {
  for (const [p, z] of [
    [0.5, 0],
    [0.9, 1.2816],
    [0.95, 1.6449],
    [0.99, 2.3263],
    [0.999, 3.0902],
  ] as const) {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(0.0005) // of the formula, and of four places in the tables
  }
})

test('the chance of selling as much as usual is a half', () => {
  expect(chanceOf({ mean: 10, variance: 9 }, 10)).toBe(0.5)
  expect(chanceOf({ mean: 10, variance: 0 }, 11)).toBe(0)
  expect(chanceOf({ mean: 10, variance: 0 }, 10)).toBe(1)
})
