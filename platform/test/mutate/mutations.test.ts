import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
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

const migrations = 'platform/migrations'
const madeHere = /create (?:or replace )?(?:view|function) ([a-z_.]+)/g

test.each(mutations.filter(({ file }) => dirname(file) === migrations))(
  '$name: no later migration makes anew what it breaks',
  ({ file, find }) => {
    const text = textOf(file)
    const at = text.indexOf(find)
    const statement = text.slice(text.lastIndexOf('`', at), at + find.length)
    const [, made] = [...statement.matchAll(madeHere)].at(-1) ?? []
    if (!made) return
    const later = readdirSync(join(root, migrations)).filter((each) => each > basename(file))
    const again = new RegExp(`create (?:or replace )?(?:view|function) ${made.replace('.', '\\.')}\\b`)
    expect(later.filter((each) => again.test(textOf(join(migrations, each))))).toEqual([])
  },
)

test('each has a name of its own, and none is broken twice in the same way', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
  expect(new Set(mutations.map((each) => `${each.file}\n${each.find}\n${each.replace}`)).size).toBe(
    mutations.length,
  )
})
