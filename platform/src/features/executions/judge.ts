import { knownRows, type ExecutionInput } from '@bizq/sdk/contract'
import { checkOutputInTime } from '@bizq/sdk/contract/host'
import { plainText, unstorable } from './plain-text.ts'
import type { Claimed } from './run.ts'
import type { Ending, Ran } from './settle.ts'

/** What came of running it: the output is checked before anything of it is believed. */
export function judge({ grant, business }: Claimed, input: string, result: Ran, startedAt: Date): Ending {
  if (result.outcome === 'failed') return judgeError(result, startedAt)
  if (result.outcome !== 'succeeded')
    return { outcome: result.outcome, reason: result.detail, startedAt, result }
  const { data } = JSON.parse(input) as ExecutionInput
  const checked = checkOutputInTime(result.output, {
    manifest: grant.release.manifest,
    known: knownRows(data),
    money: grant.factor === 1_000 ? 'exact' : 'scaled',
    domains: business.domains,
  })
  const problems = checked.ok ? unstorable(checked.output) : checked.problems
  if (checked.ok && problems.length === 0)
    return {
      outcome: 'succeeded',
      reason: null,
      startedAt,
      result,
      output: { text: result.output, value: checked.output },
    }
  const [first] = problems
  return {
    outcome: 'invalid-output',
    reason: plainText(`${first?.pointer ?? ''}: ${first?.detail ?? ''}`),
    startedAt,
    result,
    outputProblems: problems,
  }
}

function judgeError(result: Extract<Ran, { outcome: 'failed' }>, startedAt: Date): Ending {
  const { name, message, data } = result.error
  if (name === 'RetryLater') {
    const seconds = Math.min(86_400, Math.max(60, Number(data?.['afterSeconds']) || 60))
    return {
      outcome: 'retry-later',
      reason: 'The service asked to be run again later.',
      startedAt,
      result,
      retryAt: new Date(Date.now() + seconds * 1_000),
    }
  }
  if (name === 'CannotServe') {
    return {
      outcome: 'cannot-serve',
      reason: plainText(String(data?.['reason'] ?? message)),
      startedAt,
      result,
    }
  }
  return { outcome: 'failed', reason: plainText(`${name}: ${message}`), startedAt, result }
}
