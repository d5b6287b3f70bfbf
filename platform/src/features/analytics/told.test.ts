import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blocksOf, leastSubscribers, toldParts, type Day } from './told.ts'

const dayOf = (n: number) => Temporal.PlainDate.from('2026-01-01').add({ days: n }).toString()
const someDays = fc
  .uniqueArray(
    fc.record({
      n: fc.integer({ min: 0, max: 60 }),
      subscribers: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), {
        minLength: 1,
        maxLength: 5,
      }),
    }),
    { selector: ({ n }) => n, maxLength: 40 },
  )
  .map((days): Day[] => days.map(({ n, subscribers }) => ({ day: dayOf(n), subscribers })))

test('five subscribers or more stand behind each block, none is longer than it may be, and no day lies in two', () => {
  fc.assert(
    fc.property(someDays, fc.integer({ min: 1, max: 40 }), (days, longest) => {
      const blocks = blocksOf(days, longest)
      for (const [i, { from, to }] of blocks.entries()) {
        const inside = days.filter(({ day }) => day >= from && day <= to)
        expect(new Set(inside.flatMap(({ subscribers }) => subscribers)).size).toBeGreaterThanOrEqual(5)
        expect(Temporal.PlainDate.from(from).until(to).days).toBeLessThan(longest)
        expect(i === 0 || from > (blocks[i - 1]?.to ?? '')).toBe(true)
      }
    }),
  )
})

test('a block that was told stays as it was, whatever comes later', () => {
  fc.assert(
    fc.property(someDays, fc.integer({ min: 0, max: 60 }), (days, n) => {
      const then = blocksOf(
        days.filter(({ day }) => day <= dayOf(n)),
        30,
      )
      expect(blocksOf(days, 30).slice(0, then.length)).toEqual(then)
    }),
  )
})

test('closing day by day, from what is not yet told, gives the same blocks as closing all at once', () => {
  fc.assert(
    fc.property(someDays, (days) => {
      const told: { from: string; to: string }[] = []
      for (let n = 0; n <= 60; n++) {
        const last = told.at(-1)?.to ?? ''
        told.push(
          ...blocksOf(
            days.filter(({ day }) => day > last && day <= dayOf(n)),
            30,
          ),
        )
      }
      expect(told).toEqual(blocksOf(days, 30))
    }),
  )
})

test('laying any two periods beside each other leaves whole blocks alone: no figure of fewer than five can be worked out', () => {
  const period = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
  fc.assert(
    fc.property(someDays, period, period, (days, [a, b], [c, d]) => {
      const blocks = blocksOf(days, 30)
      const within = (from: number, to: number) =>
        blocks.filter((block) => block.from >= dayOf(from) && block.to <= dayOf(to))
      const [one, other] = [within(a, b), within(c, d)]
      for (const { from, to } of one.filter((block) => !other.includes(block))) {
        const behind = days.filter(({ day }) => day >= from && day <= to).flatMap((day) => day.subscribers)
        expect(new Set(behind).size).toBeGreaterThanOrEqual(leastSubscribers)
      }
    }),
  )
})

test('what a whole has more than its told parts is nothing, or five and more', () => {
  expect([...toldParts(new Map([['a', 4]]))]).toEqual([])
  expect([...toldParts(new Map([['a', 6]]))]).toEqual(['a'])
  expect([...toldParts(new Map([['a', 6], ['b', 9], ['c', 1]]))]).toEqual(['b']) // oxfmt-ignore
  const counts = fc.dictionary(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 12 }))
  fc.assert(
    fc.property(counts, (given) => {
      const parts = new Map(Object.entries(given))
      const told = toldParts(parts)
      const rest = [...parts].filter(([part]) => !told.has(part)).reduce((sum, [, count]) => sum + count, 0)
      const all = [...parts.values()].reduce((sum, count) => sum + count, 0)
      for (const part of told) expect(parts.get(part)).toBeGreaterThanOrEqual(5)
      if (told.size > 0 && all >= 5) expect(rest === 0 || rest >= 5).toBe(true)
    }),
  )
})
