import { expect, test } from 'vitest'
import type { ParsedRecord } from '../formats/index.ts'
import { createNumbering, type GroupMemory } from './numbering.ts'

function record(group: string, naturalKey: string): ParsedRecord {
  return {
    kind: 'record',
    line: 1,
    dataset: 'orderLines',
    key: { source: 'orderLines', group, naturalKey },
    aliases: [],
    fields: {},
    references: {},
  }
}

/** A database that knows nothing but what is spilled to it. */
function emptyMemory(): GroupMemory & { spilled: Map<string, Record<string, number>> } {
  const spilled = new Map<string, Record<string, number>>()
  return {
    spilled,
    stored: async () => ({ rows: [], edges: new Set() }),
    recall: async (_dataset, groups) =>
      new Map(groups.flatMap((group) => (spilled.has(group) ? [[group, spilled.get(group) ?? {}]] : []))),
    spill: (_dataset, group, counts) => void spilled.set(group, counts),
    noteEdge: () => {},
  }
}

test('equal rows are told apart however far they stand from each other, in bounded memory', async () => {
  const numbering = createNumbering()
  const memory = emptyMemory()
  const groups = Array.from({ length: 30_000 }, (_, index) => `order ${index}`)
  const keys: string[] = []
  for (let pass = 0; pass < 3; pass++) {
    for (let from = 0; from < groups.length; from += 2_000) {
      const batch = groups
        .slice(from, from + 2_000)
        .flatMap((group) => [record(group, 'a'), record(group, 'b')])
      const isLast = pass === 2 && from + 2_000 >= groups.length
      for (const { sourceKey } of await numbering.number(batch, isLast, memory)) keys.push(sourceKey)
    }
  }
  expect(memory.spilled.size).toBeGreaterThan(1_000)
  expect(keys).toHaveLength(180_000)
  expect(new Set(keys).size).toBe(180_000)
  expect(keys.filter((key) => key.endsWith('/3'))).toHaveLength(60_000)
})

test('an id of the source is the key, and a long one its digest', async () => {
  const numbering = createNumbering()
  const own = (sourceId: string): ParsedRecord => ({
    ...record('', ''),
    key: { source: 'shopify', sourceId },
  })
  const [short, long] = await numbering.number([own('#1001'), own('x'.repeat(5_000))], true, emptyMemory())
  expect(short).toMatchObject({ source: 'shopify', sourceKey: '#1001' })
  expect(long?.sourceKey).toMatch(/^sha256:[\w-]{43}$/)
})
