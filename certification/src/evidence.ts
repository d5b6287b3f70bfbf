import { datasetNames } from '@bizq/sdk/contract'
import type { Finding } from './check.ts'
import type { Examined, Trial } from './examined.ts'
import { inputOf, type Case } from './inputs/case.ts'
import { shrinkCase } from './inputs/shrink.ts'

/** The smallest input on which a fault is still seen, as the bundle gets it. */
export async function evidenceOf(
  { manifest }: Examined,
  found: Case,
  stillFails: (smaller: Case) => Promise<boolean>,
): Promise<unknown> {
  const asked = datasetNames.filter((name) => manifest.data[name])
  const smallest = await shrinkCase(found, asked, stillFails)
  const input = inputOf(manifest, smallest)
  const rows = Object.values(input.data).reduce((sum, all) => sum + (all?.length ?? 0), 0)
  return rows > 200 ? undefined : input
}

type Judge = (trial: Trial) => Finding[] | Promise<Finding[]>

const mostFindings = 10

/** What `judge` finds on trials; the first finding carries the smallest input that shows it. */
export async function findOn(examined: Examined, trials: readonly Trial[], judge: Judge): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const trial of trials) {
    const found = await judge(trial)
    if (found.length === 0) continue
    const named = found.map((finding) => ({ ...finding, input: trial.case.name }))
    if (findings.length === 0 && named[0]) {
      const stillFails = async (smaller: Case) => (await judge(await examined.trial(smaller))).length > 0
      const evidence = await evidenceOf(examined, trial.case, stillFails)
      if (evidence !== undefined) named[0] = { ...named[0], evidence }
    }
    findings.push(...named)
    if (findings.length >= mostFindings) break
  }
  return findings.slice(0, mostFindings)
}

/** The same over cases, for relations between several runs: `judge` says what is wrong, or nothing. */
export async function findOnCases(
  examined: Examined,
  cases: readonly Case[],
  judge: (of: Case) => Promise<Finding | undefined>,
): Promise<Finding[]> {
  for (const of of cases) {
    const found = await judge(of)
    if (!found) continue
    const stillFails = async (smaller: Case) => (await judge(smaller)) !== undefined
    const evidence = await evidenceOf(examined, of, stillFails)
    return [{ ...found, input: of.name, ...(evidence === undefined ? {} : { evidence }) }]
  }
  return []
}
