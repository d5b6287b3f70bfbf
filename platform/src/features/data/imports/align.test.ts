import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberRun, type Edge, type Numbered, type StoredGroup } from './align.ts'

type Edges = StoredGroup['edges']
const none: Edges = new Set()

function importPiece(stored: StoredGroup, run: string[], edge: Edge): StoredGroup {
  const rows: Numbered[] = [...stored.rows]
  for (const [index, n] of numberRun(stored, run, edge).entries()) {
    const key = run[index] ?? ''
    if (!rows.some((row) => row.key === key && row.n === n)) rows.push({ key, n })
  }
  return { rows, edges: edge === null ? none : new Set([...stored.edges, edge]) }
}

const keysOf = ({ rows }: StoredGroup) => rows.map(({ key }) => key).sort()
const empty: StoredGroup = { rows: [], edges: none }

/** What a window of a group is to its file when other groups stand before and after it. */
function pieces(group: string[], from: number, to: number): [string[], Edge] {
  return [
    group.slice(from, to),
    from === 0 ? (to === group.length ? null : 'end') : to === group.length ? 'start' : 'both',
  ]
}

test('a group held in full is the same however often it comes', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), (group) => {
      const once = importPiece(empty, group, null)
      expect(keysOf(once)).toEqual([...group].sort())
      expect(keysOf(importPiece(once, group, null))).toEqual([...group].sort())
      expect(keysOf(importPiece(once, group, 'both'))).toEqual([...group].sort())
    }),
  )
})

test('every split and overlap of a group without identical neighbours at the cut adds up to the group, in either order', () => {
  const group = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(group, (rows) => {
      const isDistinct = new Set(rows).size === rows.length
      for (let from = 0; from <= rows.length; from++) {
        for (let to = from; to <= rows.length; to++) {
          const early = pieces(rows, 0, to)
          const late = pieces(rows, from, rows.length)
          if (!isDistinct && !isCertain(early[0], late[0], to - from)) continue
          for (const [first, second] of [
            [early, late],
            [late, early],
          ] as const) {
            const sum = importPiece(importPiece(empty, ...first), ...second)
            expect(keysOf(sum), `${rows.join('')} ${first[0].join('')}+${second[0].join('')}`).toEqual(
              [...rows].sort(),
            )
          }
        }
      }
    }),
    { numRuns: 500 },
  )
})

/** Whether the longest way to lay the late piece over the end of the early one is how they truly lie, and needs fewer repeats than changes. */
function isCertain(early: string[], late: string[], overlap: number): boolean {
  let longest = 0
  for (let size = 1; size <= Math.min(early.length, late.length); size++) {
    if (late.slice(0, size).join() === early.slice(-size).join()) longest = size
  }
  if (longest !== overlap) return false
  if (overlap > 0) return true
  const shared = (a: string[], b: string[]) => {
    const left = [...b]
    return a.filter((key) => left.includes(key) && left.splice(left.indexOf(key), 1).length > 0).length
  }
  const common = shared(early, late)
  const mostRepeats = Math.max(1, Math.min(early.length, late.length) - common)
  return common <= mostRepeats
}

test('a day that was exported at noon and again at night is one day, whatever the order of its rows', () => {
  const noon = importPiece(empty, ['a', 'b'], 'end')
  expect(keysOf(importPiece(noon, ['a', 'b', 'c'], 'start'))).toEqual(['a', 'b', 'c'])
  expect(keysOf(importPiece(noon, ['c', 'b', 'a'], 'start'))).toEqual(['a', 'b', 'c'])
  const pending = importPiece(empty, ['a', 'pending', 'b'], 'end')
  expect(keysOf(importPiece(pending, ['a', 'b', 'c'], 'start'))).toEqual(['a', 'b', 'c', 'pending'])
})

test('identical rows of pieces that touch but do not overlap stay two', () => {
  const first = importPiece(empty, ['r', 'x'], 'end')
  expect(keysOf(importPiece(first, ['r', 'y'], 'start'))).toEqual(['r', 'r', 'x', 'y'])
})
