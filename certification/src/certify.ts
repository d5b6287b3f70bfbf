import type { SandboxResult } from '@bizq/sandbox'
import { Manifest, type ExecutionInput } from '@bizq/sdk/contract'
import { releaseDigest } from '@bizq/sdk/contract/host'
import type { Check, CheckGroup, Examined, Finding, Severity, Subject } from './check.ts'
import {
  answersInTime,
  bundleIsSmall,
  describesItself,
  proposesSomething,
  settingsHaveDefaults,
  survivesOddData,
} from './checks/behaviour.ts'
import { outputsMatchSchema, referencesExist } from './checks/contract.ts'
import { sameTwice } from './checks/determinism.ts'
import { plantedValuesStay } from './checks/privacy.ts'
import { trialInputs, trialNow } from './inputs.ts'

/** Every check of a sandboxed release, in the order of the report. */
export const checks: readonly Check[] = [
  describesItself,
  settingsHaveDefaults,
  outputsMatchSchema,
  referencesExist,
  survivesOddData,
  proposesSomething,
  sameTwice,
  plantedValuesStay,
  answersInTime,
  bundleIsSmall,
]

export interface CheckResult {
  id: string
  group: CheckGroup
  severity: Severity
  title: string
  outcome: 'passed' | 'failed'
  findings: Finding[]
  /** Present when it failed. */
  why?: string
  howToMend?: string
}

export interface CertificationReport {
  /** `passed` when no check of severity `error` failed. */
  verdict: 'passed' | 'failed'
  service: string | null
  version: string | null
  /** SHA-256 of the release, null when the manifest is none. */
  digest: string | null
  results: CheckResult[]
}

const manifestSchema: Omit<Check, 'run'> = {
  id: 'manifest.schema',
  group: 'manifest',
  severity: 'error',
  title: 'The manifest is as the contract asks',
  why: 'The platform enforces the manifest; what it cannot read it cannot enforce.',
  howToMend: 'Build with `bizq build`, which says where a definition is not right.',
}

function resultOf(check: Omit<Check, 'run'>, findings: Finding[]): CheckResult {
  const { id, group, severity, title, why, howToMend } = check
  const passed = { id, group, severity, title, outcome: 'passed', findings } as const
  return findings.length === 0 ? passed : { ...passed, outcome: 'failed', why, howToMend }
}

async function examine(manifest: Manifest, { bundle, sandbox }: Subject): Promise<Examined> {
  const digest = releaseDigest(manifest, bundle)
  const world = {
    release: digest,
    bundle,
    seed: digest,
    now: trialNow,
    timeZone: 'Europe/London',
    locale: 'en-GB',
  }
  const limits = manifest.runtime.kind === 'sandbox' ? dropUndefined(manifest.runtime.limits ?? {}) : {}
  const run = (input: ExecutionInput): Promise<SandboxResult> =>
    sandbox.run({ ...world, call: 'execute', input: JSON.stringify(input), limits })
  const describe = async () => {
    const result = await sandbox.run({ ...world, call: 'describe', input: '{}' })
    if (result.outcome === 'succeeded') return JSON.parse(result.output) as Record<string, unknown>
    return result.outcome === 'failed' ? `${result.error.name}: ${result.error.message}` : result.detail
  }
  const trials = await Promise.all(
    trialInputs(manifest).map(async ({ name, input }) => ({ name, input, result: await run(input) })),
  )
  return { manifest, digest, bundleBytes: new TextEncoder().encode(bundle).length, trials, run, describe }
}

function dropUndefined<T extends object>(given: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

/**
 * Runs the suite on a sandboxed release: same verdict for provider, CI and certifier. A release that
 * fails is a report with findings; it rejects only when the sandbox itself cannot run.
 */
export async function certify(subject: Subject): Promise<CertificationReport> {
  const parsed = Manifest.safeParse(subject.manifest)
  if (!parsed.success) {
    const findings = parsed.error.issues.map((issue) => ({
      pointer: issue.path.map((part) => `/${String(part)}`).join(''),
      detail: issue.message,
    }))
    return {
      verdict: 'failed',
      service: null,
      version: null,
      digest: null,
      results: [resultOf(manifestSchema, findings)],
    }
  }
  const manifest = parsed.data
  const examined = await examine(manifest, subject)
  const results = [resultOf(manifestSchema, [])]
  for (const check of checks) results.push(resultOf(check, await check.run(examined)))
  const isRefused = results.some(({ outcome, severity }) => outcome === 'failed' && severity === 'error')
  return {
    verdict: isRefused ? 'failed' : 'passed',
    service: manifest.service,
    version: manifest.version,
    digest: examined.digest,
    results,
  }
}
