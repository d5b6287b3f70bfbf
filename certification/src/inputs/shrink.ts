import type { DatasetName } from '@bizq/sdk/contract'
import fc from 'fast-check'
import type { Case } from './case.ts'
import type { Row } from './making.ts'

const mostRows = 2_000
const mostTries = 120
const mostLooked = 20_000

/**
 * The case with as few rows of these datasets as still show the fault, found with fast-check's
 * shrinker in a bounded number of tries; the case itself where it has too many rows to look through.
 */
export async function shrinkCase(
  found: Case,
  datasets: readonly DatasetName[],
  stillFails: (smaller: Case) => Promise<boolean>,
): Promise<Case> {
  const rows = datasets.flatMap((dataset) => (found.books[dataset] ?? []).map((row) => ({ dataset, row })))
  if (rows.length === 0 || rows.length > mostRows) return found
  const withRows = (chosen: readonly number[]): Case => {
    const kept: Partial<Record<DatasetName, Row[]>> = Object.fromEntries(datasets.map((name) => [name, []]))
    for (const i of chosen.toSorted((a, b) => a - b)) {
      const one = rows[i]
      if (one) kept[one.dataset]?.push(one.row)
    }
    return { ...found, books: { ...found.books, ...kept } }
  }
  const subsets = fc.uniqueArray(fc.nat({ max: rows.length - 1 }), { maxLength: rows.length })
  let chosen = rows.map((_, i) => i)
  let tries = 0
  let looked = 0
  for (let isSmaller = true; isSmaller && tries < mostTries;) {
    isSmaller = false
    for (const { value } of subsets.shrink(chosen, undefined)) {
      if (++looked > mostLooked || tries >= mostTries) break
      // The same number of other rows is no smaller, only elsewhere.
      if (value.length >= chosen.length) continue
      tries += 1
      if (!(await stillFails(withRows(value)))) continue
      chosen = value
      isSmaller = true
      break
    }
  }
  return chosen.length === rows.length ? found : withRows(chosen)
}
