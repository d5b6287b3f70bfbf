import fc from 'fast-check'
import { expect, test } from 'vitest'
import { availabilityOf, measure, minutesByDay, minuteMs, type CalledMinute } from './measure.ts'

const midnight = Date.parse('2026-03-01T00:00:00Z')
const at = (minute: number): number => midnight + minute * minuteMs
const call = (minute: number, isAnswered: boolean): CalledMinute => ({ at: at(minute), isAnswered })
const downOf = (calls: readonly CalledMinute[], until: number) =>
  measure(null, calls, until).down.reduce((sum, { from, to }) => sum + (to - from) / minuteMs, 0)

test('a service is down from the first minute that failed to the next call that is answered', () => {
  const calls = [call(0, true), call(10, false), call(20, false), call(70, true), call(80, true)]
  expect(measure(null, calls, at(100))).toEqual({
    failedAt: null,
    down: [
      { from: at(10), to: at(20) },
      { from: at(20), to: at(70) },
    ],
  })
})

test('a silence of more than 25 hours proves nothing, and what fails once a day is down all day', () => {
  expect(downOf([call(0, false), call(24 * 60, true)], at(10_000))).toBe(1_440)
  expect(downOf([call(0, false), call(7 * 1_440, true)], at(20_000))).toBe(1)
  expect(measure(null, [call(0, false)], at(60))).toEqual({ failedAt: at(0), down: [] })
  expect(downOf([call(0, false)], at(10_000))).toBe(1)
})

const anyCalls = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 20_000 }), fc.boolean()), {
    selector: ([minute]) => minute,
    maxLength: 60,
  })
  .map((all) => all.toSorted(([a], [b]) => a - b).map(([minute, isAnswered]) => call(minute, isAnswered)))

test('calls come to the same downtime however they are cut into parts', () => {
  fc.assert(
    fc.property(anyCalls, fc.array(fc.nat({ max: 20_000 }), { maxLength: 8 }), (calls, cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), 30_000].map(at)
      let failedAt: number | null = null
      let from = 0
      const down = ends.flatMap((until) => {
        const part = calls.filter((each) => each.at >= from && each.at < until)
        const measured = measure(failedAt, part, until)
        failedAt = measured.failedAt
        from = until
        return measured.down
      })
      expect(minutesByDay(down)).toEqual(minutesByDay(measure(null, calls, at(30_000)).down))
    }),
  )
})

test('downtime never overlaps, lies in its days, and is none where every call is answered', () => {
  fc.assert(
    fc.property(anyCalls, (calls) => {
      const { down } = measure(null, calls, at(30_000))
      for (const [i, { from, to }] of down.entries()) {
        expect(to).toBeGreaterThan(from)
        expect(from).toBeGreaterThanOrEqual(down[i - 1]?.to ?? 0)
      }
      const days = [...minutesByDay(down).values()]
      for (const minutes of days) expect(minutes).toBeLessThanOrEqual(1_440)
      const total = days.reduce((sum, minutes) => sum + minutes, 0)
      expect(total).toBe(downOf(calls, at(30_000)))
      expect(availabilityOf(30_000, total)).toBeGreaterThanOrEqual(0)
      expect(
        downOf(
          calls.filter(({ isAnswered }) => isAnswered),
          at(30_000),
        ),
      ).toBe(0)
    }),
  )
})

test('one more call that is answered never makes a service less available, and one that fails never more', () => {
  fc.assert(
    fc.property(anyCalls, fc.nat({ max: 20_000 }), fc.boolean(), (calls, minute, isAnswered) => {
      fc.pre(calls.every((each) => each.at !== at(minute)))
      fc.pre(minute < 1_400)
      // The last call is answered: after one that fails, nobody knows.
      const near = [...calls.filter((each) => each.at < at(1_400)), call(1_401, true)]
      const more = [...near, call(minute, isAnswered)].toSorted((a, b) => a.at - b.at)
      const [before, after] = [downOf(near, at(2_900)), downOf(more, at(2_900))]
      if (isAnswered) expect(after).toBeLessThanOrEqual(before)
      else expect(after).toBeGreaterThanOrEqual(before)
    }),
  )
})
