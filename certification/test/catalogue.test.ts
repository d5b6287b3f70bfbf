import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tableOfChecks } from '../scripts/table-of-checks.ts'
import { allChecks, checkGroups, profileNames, profiles } from '../src/index.ts'

const root = join(import.meta.dirname, '..')
/** However wide a formatter made the columns. */
const plain = (markdown: string) => markdown.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').trim()

test('the README names every check as it is', () => {
  const [, table = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('## All checks\n')
  expect(plain(table)).toBe(plain(tableOfChecks()))
})

test('each check is a file of its own, named by its id', () => {
  const files = readdirSync(join(root, 'src/checks')).flatMap((name) =>
    name === 'index.ts' ? [] : [name.replace(/\.ts$/, '')],
  )
  expect(files.toSorted()).toEqual(allChecks.map(({ id }) => id).toSorted())
})

test('each check says what it guarantees, why, and how to mend what it finds', () => {
  for (const { id, group, title, why, howToMend } of allChecks) {
    expect(id.slice(0, id.indexOf('.'))).toBe(group)
    for (const words of [title, why, howToMend]) expect(words.length, id).toBeGreaterThan(15)
  }
  expect(new Set(allChecks.map(({ title }) => title)).size).toBe(allChecks.length)
})

test('there are at least 45 checks, every group has some, and every check a profile', () => {
  expect(allChecks.length).toBeGreaterThanOrEqual(45)
  for (const group of checkGroups)
    expect(
      allChecks.some((check) => check.group === group),
      group,
    ).toBe(true)
  const inProfiles = new Set(profileNames.flatMap((name) => profiles[name].map(({ id }) => id)))
  expect(inProfiles.size).toBe(allChecks.length)
})
