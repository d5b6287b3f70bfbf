import type { SandboxResult } from '@bizq/sandbox'
import type { Finding } from './check.ts'
import { endingOf, type Examined } from './examined.ts'

/** The inputs on which a release ended in one of these ways. Not shrunk: each try costs the whole limit. */
export async function findEndings(
  examined: Examined,
  endings: readonly SandboxResult['outcome'][],
  expected: string,
): Promise<Finding[]> {
  const trials = await examined.trials()
  return trials
    .filter(({ result }) => endings.includes(result.outcome))
    .map(({ case: { name }, result }) => ({ detail: endingOf(result), expected, input: name }))
}
