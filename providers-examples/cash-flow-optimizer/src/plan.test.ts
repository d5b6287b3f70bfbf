import { expect, test } from 'vitest'
import { keepAbove, type Move } from './plan.ts'

function moves(given: (Partial<Move> & { name: string })[]): { all: Move[]; proposed: string[] } {
  const proposed: string[] = []
  const all = given.map(({ name, ...move }) => ({
    from: 0,
    to: 2,
    amount: 10,
    cost: 0,
    proposeIn: (week: number) => void proposed.push(`${name} in ${week}`),
    ...move,
  }))
  return { all, proposed }
}

test('nothing is moved while cash stays above the floor', () => {
  const { all, proposed } = moves([{ name: 'rent' }])
  expect(keepAbove(5, [9, 5, 7], all)).toEqual([9, 5, 7])
  expect(proposed).toEqual([])
})

test('the cheapest moves come first, of equally cheap ones the largest, and no more than needed', () => {
  const { all, proposed } = moves([
    { name: 'dear', amount: 99, cost: 0.05 },
    { name: 'small', amount: 4 },
    { name: 'large', amount: 8 },
    { name: 'spare', amount: 3 },
  ])
  expect(keepAbove(10, [0, 20], all)).toEqual([12, 32])
  expect(proposed).toEqual(['large in 0', 'small in 0'])
})

test('a move helps only from its own week until before the one that it moves to', () => {
  const { all, proposed } = moves([{ name: 'bill', from: 1, to: 3, amount: 7 }])
  expect(keepAbove(5, [5, 0, 9, 0], all)).toEqual([5, 7, 16, 0])
  expect(proposed).toEqual(['bill in 1'])
})

test('what can come any week comes in the week that needs it', () => {
  const { all, proposed } = moves([{ name: 'offer', from: null, to: 4, amount: 6 }])
  expect(keepAbove(5, [5, 5, 0, 0, 9], all)).toEqual([5, 5, 6, 6, 9])
  expect(proposed).toEqual(['offer in 2'])
})

test('those that are alike are all moved, whichever comes first', () => {
  const { all, proposed } = moves([{ name: 'a' }, { name: 'b' }, { name: 'c', amount: 4 }])
  keepAbove(10, [4], all)
  expect(proposed).toEqual(['a in 0', 'b in 0'])
})

test('no more than 500 are proposed', () => {
  const { all, proposed } = moves(Array.from({ length: 800 }, (_, i) => ({ name: `${i}` })))
  keepAbove(1e9, [0, 0], all)
  expect(proposed).toHaveLength(500)
})
