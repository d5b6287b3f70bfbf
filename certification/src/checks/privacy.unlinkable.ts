import type { ExecutionOutput } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import type { Examined } from '../examined.ts'
import type { Case } from '../inputs/case.ts'
import { rekeyed, scaled } from '../inputs/change.ts'

const tokens = /[\p{L}\p{N}+/=_-]{12,}/gu

/** What could tell one business from all others: long words and long numbers, wherever a provider may write them. */
function marksOf({ proposals, recommendations, metrics, state }: ExecutionOutput): Set<string> {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value === 'string') for (const [token] of value.matchAll(tokens)) found.add(token)
    if (typeof value === 'number' && String(value).replaceAll(/\D|^0+/g, '').length >= 9)
      found.add(String(value))
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      visit(key)
      visit(inner)
    }
  }
  visit([
    metrics,
    state,
    recommendations.map(({ text }) => text),
    proposals.map(({ parameters }) => parameters),
  ])
  return found
}

/** Two subscriptions of one business beside each other, and another business to tell what is said of everybody. */
async function linkOf(examined: Examined, of: Case): Promise<Finding | undefined> {
  const other = { ...of, books: scaled(rekeyed(of.books, 'another subscription'), 13.7) }
  const stranger = examined.cases.find(({ books }) => books !== of.books) ?? of
  const [one, two, else_] = await Promise.all([of, other, stranger].map(examined.trial))
  if (!one?.output || !two?.output) return undefined
  const usual = else_?.output ? marksOf(else_.output) : new Set<string>()
  const shared = marksOf(one.output).intersection(marksOf(two.output)).difference(usual)
  const [mark] = shared
  if (mark === undefined) return undefined
  return {
    detail: `“${mark.slice(0, 60)}” stands in the outputs for two subscriptions of one business, and in no other’s`,
    expected: 'nothing by which the two could be known as one',
  }
}

export const check: ReleaseCheck = {
  id: 'privacy.unlinkable',
  stage: 'release',
  group: 'privacy',
  severity: 'error',
  title: 'The outputs for two subscriptions cannot be known as one business’s',
  why: 'Pseudonyms and scaled money differ by subscription; a fingerprint of what is left would undo that.',
  howToMend:
    'Put no hash, no list of quantities and no text of the input into metrics, state, labels or recommendations; round shares and averages to a few digits.',
  skip: ({ manifest }) => (manifest.money === 'scaled' ? undefined : 'exact amounts tell a business anyway'),
  run: (examined) => {
    const generated = examined.cases.filter(({ isGenerated }) => isGenerated)
    return findOnCases(examined, generated.slice(0, 3), (of) => linkOf(examined, of))
  },
}
