import { certify, type CertificationReport, type CertifyOptions } from '@bizq/certification'
import type { Manifest } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Check } from './schemas.ts'

interface Submitted {
  manifest: Manifest
  bundle: string
}

/** What of the suite a platform asks of releases: everything in service, a few checks where tests publish hundreds. */
export type ReleaseChecks = Pick<CertifyOptions, 'only' | 'largestRows'>

/** The automated checks before publication: the suite that providers run themselves, on the platform's own sandbox. */
export async function checkRelease(
  { sandbox, releaseChecks }: Pick<Deps, 'sandbox' | 'releaseChecks'>,
  submitted: Submitted,
): Promise<Check[]> {
  const report = await certify({ ...submitted, ...releaseChecks, sandbox, latency: 'decides' })
  return report.results.flatMap((result) => (result.outcome === 'skipped' ? [] : [toCheck(result)]))
}

const findingsShown = 10

function toCheck(result: CertificationReport['results'][number]): Check {
  const { id, severity, title, findings } = result
  if (result.outcome === 'passed') return { rule: id, outcome: 'passed', detail: title }
  const seen = findings.slice(0, findingsShown).map(({ detail, pointer, input, line, expected }) => {
    const place = [pointer, line && `bundle.js line ${line}`, input && `on the input “${input}”`]
    const where = place.filter(Boolean).join(', ')
    const words = expected === undefined ? detail : `${detail}; expected ${expected}`
    return where ? `${words} (${where})` : words
  })
  return {
    rule: id,
    outcome: severity === 'error' ? 'failed' : 'warned',
    detail: [title, ...seen].join('\n'),
    ...(result.howToMend ? { mend: result.howToMend } : {}),
  }
}
