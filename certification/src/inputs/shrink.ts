import type { DatasetName } from '@bizq/sdk/contract'
import fc from 'fast-check'
import type { Case } from './case.ts'
import type { Row } from './making.ts'

const mostRows = 1_500
const mostTries = 60

/**
 * The case with as few rows as still show the fault, found by fast-check in a bounded number of
 * tries; the case itself where it has too many rows to look through.
 */
export async function shrinkCase(
  found: Case,
  stillFails: (smaller: Case) => Promise<boolean>,
): Promise<Case> {
  const rows = (Object.entries(found.books) as [DatasetName, Row[]][]).flatMap(([dataset, all]) =>
    all.map((row) => ({ dataset, row })),
  )
  if (rows.length === 0 || rows.length > mostRows) return found
  let smallest = found
  let tries = 0
  const withRows = (chosen: readonly number[]): Case => {
    const kept = new Set(chosen)
    const books: Case['books'] = Object.fromEntries(Object.keys(found.books).map((name) => [name, []]))
    rows.forEach(({ dataset, row }, i) => {
      if (kept.has(i)) books[dataset]?.push(row)
    })
    return { ...found, books }
  }
  const all = rows.map((_, i) => i)
  const property = fc.asyncProperty(
    fc.uniqueArray(fc.nat({ max: rows.length - 1 }), { minLength: 0, maxLength: rows.length }),
    async (chosen) => {
      if (++tries > mostTries) return true
      const smaller = withRows(chosen)
      if (!(await stillFails(smaller))) return true
      smallest = smaller
      return false
    },
  )
  await fc.check(property, { examples: [[all]], numRuns: 1, seed: 1 })
  return smallest
}
