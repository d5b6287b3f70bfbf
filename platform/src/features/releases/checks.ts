import {
  certify,
  type CertificationReport,
  type CertifyOptions,
  type RemoteGround,
} from '@bizq/certification'
import type { Manifest } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Check } from './schemas.ts'

interface Submitted extends Pick<CertifyOptions, 'documents' | 'cases'> {
  manifest: Manifest
  bundle: string
  /** Where a remote release is tried. */
  remote?: RemoteGround | undefined
}

/** Rows that travel page by page: fewer than in the sandbox say the same. */
const remoteRows = 2_000

/** What of the suite a platform asks of releases: everything in service, a few checks where tests publish hundreds. */
export type ReleaseChecks = Pick<CertifyOptions, 'only' | 'largestRows'>

/** The automated checks before publication: the suite that providers run themselves, on the platform's own sandbox. */
export function checkRelease(
  { sandbox, releaseChecks }: Pick<Deps, 'sandbox' | 'releaseChecks'>,
  { manifest, bundle, documents, cases, remote }: Submitted,
): Promise<CertificationReport> {
  const given = { manifest, bundle, documents, cases, ...(remote ? { remote, largestRows: remoteRows } : {}) }
  return certify({ ...given, ...releaseChecks, sandbox, latency: 'decides' })
}

/** The same in brief: what passed, warned or failed, and how to mend it. */
export function toChecks({ results }: CertificationReport): Check[] {
  return results.flatMap((result) => (result.outcome === 'skipped' ? [] : [toCheck(result)]))
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
