import { describe, expect, test } from 'vitest'
import { forecastCash, quantile, usualWeek, type Week } from './forecast.ts'

const steady = (n: number, inflow = 100, outflow = 80): Week[] =>
  Array.from({ length: n }, () => ({ inflow, outflow }))
/** A business with rent and pay in every fourth week and takings that swing. */
const lively = Array.from({ length: 60 }, (_, i) => ({
  inflow: 1000 + ((i * 373) % 500),
  outflow: (i % 4 === 0 ? 3200 : 200) + ((i * 131) % 170),
}))

describe('the usual week', () => {
  test('keeps rent that falls due every fourth week', () => {
    const weeks = steady(52, 100, 0).map((week, i) => (i % 4 === 0 ? { ...week, outflow: 300 } : week))
    expect(usualWeek(weeks)).toEqual({ inflow: 100, outflow: 75 })
  })

  test('does not expect a single grant to come again', () => {
    const weeks = lively.with(30, { inflow: 500_000, outflow: 0 })
    expect(usualWeek(weeks).inflow).toBeLessThan(1500)
  })

  test('is nothing where there is no history', () => {
    expect(usualWeek([])).toEqual({ inflow: 0, outflow: 0 })
  })
})

describe('the forecast', () => {
  test('of a wholly steady business is its steady path, without a band', () => {
    const forecast = forecastCash(steady(30))
    expect(forecast).toHaveLength(13)
    expect(forecast[12]).toEqual({ low: 260, mid: 260, high: 260 })
  })

  test('has its middle within its band, and a band that does not turn', () => {
    for (const { low, mid, high } of forecastCash(lively)) {
      expect(low).toBeLessThanOrEqual(mid)
      expect(mid).toBeLessThanOrEqual(high)
    }
  })

  test('is finite for no week, one week and zeros', () => {
    for (const weeks of [[], steady(1), steady(3, 0, 0)]) {
      for (const band of forecastCash(weeks)) expect(Object.values(band).every(Number.isFinite)).toBe(true)
    }
    expect(forecastCash([])[12]).toEqual({ low: 0, mid: 0, high: 0 })
  })

  test('scales with its input', () => {
    const scaled = lively.map((week) => ({ inflow: week.inflow * 64, outflow: week.outflow * 64 }))
    const expected = forecastCash(lively).map((b) => ({
      low: b.low * 64,
      mid: b.mid * 64,
      high: b.high * 64,
    }))
    expect(forecastCash(scaled)).toEqual(expected)
  })
})

test('a quantile lies between its neighbours', () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5)
  expect(quantile([1, 2, 3], 0.5)).toBe(2)
  expect(quantile([7], 0.9)).toBe(7)
  expect(quantile([], 0.5)).toBe(0)
})
