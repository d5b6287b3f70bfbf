import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inWords, margins, worseningsOf, type Side } from './judge.ts'
import { shareOf } from './share.ts'

const calm: Side = { subscribers: 20, executions: 100, failures: 2, p95Ms: 400, accepted: 100, undone: 2 }
const none: Side = { subscribers: 0, executions: 0, failures: 0, p95Ms: null, accepted: 0, undone: 0 }

describe('a canary goes back when it does worse by more than the margin', () => {
  test.each<[string, Partial<Side>, Partial<Side>, string[]]>([
    ['nothing changed', {}, {}, []],
    ['failures at the margin', { failures: 12 }, {}, []],
    ['failures above the margin', { failures: 13 }, {}, ['failures']],
    ['those that stayed fail as often', { failures: 30 }, { failures: 25 }, []],
    ['too few executions', { executions: 4, failures: 4 }, {}, []],
    ['too few failures', { executions: 5, failures: 2 }, { failures: 0 }, []],
    ['few executions, most of which failed', { executions: 5, failures: 3 }, {}, ['failures']],
    ['nobody to compare with, half fail', { executions: 10, failures: 5 }, none, []],
    ['nobody to compare with, most fail', { executions: 10, failures: 6 }, none, ['failures']],
    ['slower within the factor', { p95Ms: 600 }, { p95Ms: 400 }, []],
    ['slower by more than the factor and little time', { p95Ms: 90 }, { p95Ms: 20 }, []],
    ['slower by more than both', { p95Ms: 651 }, { p95Ms: 400 }, ['latency']],
    ['slower, with too few to know', { executions: 9, failures: 0, p95Ms: 5_000 }, {}, []],
    ['no success to measure', { p95Ms: null }, {}, []],
    ['undone at the margin', { undone: 12 }, {}, []],
    ['undone above the margin', { undone: 13 }, {}, ['undone']],
    ['undone, too few accepted', { accepted: 4, undone: 4 }, {}, []],
    ['undone, nobody to compare with', { accepted: 10, undone: 6 }, none, ['undone']],
    ['everything', { failures: 50, p95Ms: 2_000, undone: 60 }, {}, ['failures', 'latency', 'undone']],
  ])('%s', (_, canary, stayed, worse) => {
    expect(worseningsOf({ ...calm, ...canary }, { ...calm, ...stayed })).toEqual(worse)
  })
})

const side = fc
  .record({
    executions: fc.nat(500),
    accepted: fc.nat(500),
    failed: fc.double({ min: 0, max: 1, noNaN: true }),
    undoneOf: fc.double({ min: 0, max: 1, noNaN: true }),
    p95Ms: fc.option(fc.integer({ min: 1, max: 10_000 })),
  })
  .map(({ failed, undoneOf, ...rest }): Side => {
    const failures = Math.floor(rest.executions * failed)
    return { ...rest, subscribers: 5, failures, undone: Math.floor(rest.accepted * undoneOf) }
  })

test('a canary that does the same as those that stayed goes back only when nobody could do worse', () => {
  fc.assert(
    fc.property(side, (each) => {
      const isKnown =
        each.executions >= margins.failures.fewestExecutions && each.accepted >= margins.undone.fewestAccepted
      fc.pre(isKnown)
      expect(worseningsOf(each, each)).toEqual([])
    }),
  )
})

test('doing worse never brings a canary out of what would take it back', () => {
  fc.assert(
    fc.property(side, side, fc.nat(50), fc.nat(50), fc.nat(5_000), (canary, stayed, more, undone, ms) => {
      const worse: Side = {
        ...canary,
        failures: Math.min(canary.executions, canary.failures + more),
        undone: Math.min(canary.accepted, canary.undone + undone),
        p95Ms: canary.p95Ms === null ? null : canary.p95Ms + ms,
      }
      expect(worseningsOf(worse, stayed)).toEqual(expect.arrayContaining(worseningsOf(canary, stayed)))
    }),
  )
})

test('below the fewest nothing is judged', () => {
  fc.assert(
    fc.property(side, side, (canary, stayed) => {
      const few = {
        ...canary,
        executions: Math.min(canary.executions, 4),
        accepted: Math.min(canary.accepted, 4),
      }
      expect(worseningsOf(few, stayed)).toEqual([])
    }),
  )
})

test('why a canary went back tells no figure', () => {
  expect(inWords(['failures', 'latency', 'undone']).join(' ')).not.toMatch(/\d/)
})

test('a canary takes the share that was said, the same every time, and others for another release', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      (ids, percent) => {
        const share = shareOf(ids, 'one', percent)
        expect(share.size).toBe(
          Math.min(Math.ceil((ids.length * percent) / 100), Math.max(1, ids.length - 1)),
        )
        expect(shareOf(ids.toReversed(), 'one', percent)).toEqual(share)
        const wider = shareOf(ids, 'one', 50)
        expect([...share].every((id) => wider.has(id))).toBe(true)
      },
    ),
  )
  const many = Array.from({ length: 200 }, (_, i) => `subscriber-${i}`)
  expect(shareOf(many, 'one', 20)).not.toEqual(shareOf(many, 'two', 20))
})
