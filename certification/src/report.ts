import { canonicalJson } from '@bizq/sdk/contract'
import { sha256 } from '@bizq/sdk/contract/host'
import type { CheckGroup, Finding, Severity } from './check.ts'
import type { Profile } from './profiles.ts'

/** The version of the suite. A certificate is good for releases as long as its major version stands. */
export const suiteVersion = '1.0.0'

export interface CheckResult {
  id: string
  group: CheckGroup
  severity: Severity
  title: string
  outcome: 'passed' | 'failed' | 'skipped'
  findings: Finding[]
  /** Present when it failed. */
  why?: string
  howToMend?: string
  /** Why there was nothing to check, when it was skipped. */
  reason?: string
}

/** What the suite found. Everything but the time that it took is the same wherever it runs. */
export interface CertificationReport {
  suite: string
  profiles: Profile[]
  /** `passed` when no check of severity `error` failed. */
  verdict: 'passed' | 'failed'
  service: string | null
  version: string | null
  /** SHA-256 of the release, null when the manifest is none. */
  digest: string | null
  results: CheckResult[]
  durationMs: number
}

/** SHA-256 over what a report says apart from times: suite, profiles, release, and the outcome of each check. */
export function reportDigest({ suite, profiles, verdict, digest, results }: CertificationReport): string {
  const outcomes = results.map(({ id, outcome }) => [id, outcome])
  return sha256(canonicalJson({ suite, profiles, verdict, digest, outcomes }))
}

/** How many checks passed, failed (by severity) and were skipped. */
export function countResults({ results }: CertificationReport) {
  const count = (is: (result: CheckResult) => boolean) => results.filter(is).length
  return {
    passed: count(({ outcome }) => outcome === 'passed'),
    errors: count(({ outcome, severity }) => outcome === 'failed' && severity === 'error'),
    warnings: count(({ outcome, severity }) => outcome === 'failed' && severity === 'warning'),
    skipped: count(({ outcome }) => outcome === 'skipped'),
  }
}
