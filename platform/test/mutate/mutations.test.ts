import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mutations } from './all.ts'

const root = join(import.meta.dirname, '../../..')
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

test.each(mutations)('$name: it still applies, in one place, and names tests that are there', (mutation) => {
  const { file, find, replace, tests, only } = mutation
  expect(textOf(file).split(find)).toHaveLength(2)
  expect(replace).not.toBe(find)
  expect(tests.length).toBeGreaterThan(0)
  expect(tests.filter((each) => !existsSync(join(root, each)))).toEqual([])
  // Names that are put together, by `each` for example, stand nowhere as they read.
  if (only) expect(tests.map(textOf).join('\n')).toMatch(new RegExp(only))
})

test('each has a name of its own, and none is broken twice in the same way', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
  expect(new Set(mutations.map((each) => `${each.file}\n${each.find}\n${each.replace}`)).size).toBe(
    mutations.length,
  )
})
