import {
  certify,
  type CertificationReport,
  type CertifyOptions,
  type RemoteGround,
} from '@bizq/certification'
import type { Manifest } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Check, SubmittedBeside } from './schemas.ts'

interface Submitted {
  manifest: Manifest
  bundle: string
  beside?: SubmittedBeside | undefined
  /** Where a remote release is tried. */
  remote?: RemoteGround | undefined
}

/** Rows that travel page by page: fewer than in the sandbox say the same. */
const remoteRows = 2_000

/** What of the suite a platform asks of releases: everything in service, a few checks where tests publish hundreds. */
export type ReleaseChecks = Pick<CertifyOptions, 'only' | 'largestRows'>

/** The automated checks before publication: the suite that providers run themselves, on the platform's own sandbox. */
export async function checkRelease(
  { sandbox, releaseChecks }: Pick<Deps, 'sandbox' | 'releaseChecks'>,
  { manifest, bundle, beside = {}, remote }: Submitted,
): Promise<Check[]> {
  const given = {
    manifest,
    bundle,
    ...toCertify(beside),
    ...(remote ? { remote, largestRows: remoteRows } : {}),
  }
  const report = await certify({ ...given, ...releaseChecks, sandbox, latency: 'decides' })
  return report.results.flatMap((result) => (result.outcome === 'skipped' ? [] : [toCheck(result)]))
}

/** What came as JSON, as the suite takes it. */
function toCertify({ documents, cases }: SubmittedBeside): Pick<CertifyOptions, 'documents' | 'cases'> {
  const images = (documents?.screenshots ?? []).map((image) => Buffer.from(image, 'base64'))
  return { cases, documents: documents && { ...documents, screenshots: images } }
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
