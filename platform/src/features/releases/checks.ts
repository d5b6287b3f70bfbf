import { certify, type CertificationReport } from '@bizq/certification'
import type { Manifest } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Check } from './schemas.ts'

interface Submitted {
  manifest: Manifest
  bundle: string
}

/** The automated checks before publication: the suite that providers run themselves, on the platform's own sandbox. */
export async function checkRelease(deps: Pick<Deps, 'sandbox'>, submitted: Submitted): Promise<Check[]> {
  const report = await certify({ ...submitted, sandbox: deps.sandbox })
  return report.results.map(toCheck)
}

const findingsShown = 10

function toCheck(result: CertificationReport['results'][number]): Check {
  const { id, severity, title, findings } = result
  if (result.outcome === 'passed') return { rule: id, outcome: 'passed', detail: title }
  const seen = findings.slice(0, findingsShown).map(({ detail, pointer, input }) => {
    const where = [pointer, input && `on the input “${input}”`].filter(Boolean).join(', ')
    return where ? `${detail} (${where})` : detail
  })
  return {
    rule: id,
    outcome: severity === 'error' ? 'failed' : 'warned',
    detail: [title, ...seen].join('\n'),
    ...(result.howToMend ? { mend: result.howToMend } : {}),
  }
}
