import type { Sandbox } from '@bizq/sandbox'
import { Manifest } from '@bizq/sdk/contract'
import { releaseDigest } from '@bizq/sdk/contract/host'
import type { Check, Finding, GivenManifest, ManifestCheck, ReleaseCheck } from './check.ts'
import { allChecks } from './checks/index.ts'
import type { Documents } from './documents.ts'
import { examine, executeInSandbox, type Examined } from './examined.ts'
import { ordinaryCases, suppliedCase, type Case, type SuppliedCase } from './inputs/case.ts'
import { checksOf, profileNames, profilesOf, type Profile } from './profiles.ts'
import type { RemoteGround } from './remote/ground.ts'
import { suiteVersion, type CertificationReport, type CheckResult } from './report.ts'

export interface CertifyOptions {
  /** manifest.json as built. */
  manifest: unknown
  /** bundle.js as built; empty for a remote release. */
  bundle: string
  sandbox: Sandbox
  /** What is submitted beside it; without any, the checks of group documentation are skipped. */
  documents?: Documents | undefined
  /** Cases of the provider's own, for what the generated ones do not reach. */
  cases?: readonly SuppliedCase[] | undefined
  /** The provider's endpoint, for a remote release: see `openRemoteGround`. */
  remote?: RemoteGround
  /** The ids of the checks to run; all of the release's profiles unless told. */
  only?: readonly string[]
  /** Rows of the largest input, 50,000 unless told; 0 leaves it out. */
  largestRows?: number
  /** Whether the time that it takes here warns (a ratio to a reference), or decides (p95 under 5 s): the platform's own. */
  latency?: 'warns' | 'decides'
  /** Called after each check. */
  onProgress?: (progress: Progress) => void
}

export interface Progress {
  done: number
  total: number
  result: CheckResult
}

function resultOf(
  check: Check,
  found: Finding[] | { reason: string },
  severity = check.severity,
): CheckResult {
  const { id, group, title, why, howToMend } = check
  const about = { id, group, severity, title }
  if (!Array.isArray(found)) return { ...about, outcome: 'skipped', findings: [], reason: found.reason }
  if (found.length === 0) return { ...about, outcome: 'passed', findings: [] }
  return { ...about, outcome: 'failed', findings: found, why, howToMend }
}

function readManifest(raw: unknown): GivenManifest {
  const parsed = Manifest.safeParse(raw)
  const problems = (parsed.error?.issues ?? []).map((issue) => ({
    pointer: issue.path.map((part) => `/${String(part)}`).join(''),
    detail: issue.message,
  }))
  return { raw, manifest: parsed.data, problems }
}

function prepare(manifest: Manifest, checks: readonly ReleaseCheck[], options: CertifyOptions): Examined {
  const { bundle, sandbox, documents, remote, cases = [], largestRows = 50_000, latency = 'warns' } = options
  const digest = releaseDigest(manifest, bundle)
  const ordinary = ordinaryCases(manifest, digest)
  const oddities = checks.flatMap(({ oddities }) => {
    const made: Case[] | undefined = oddities?.({
      manifest,
      ordinary: ordinary[0] as Case,
      largest: largestRows,
    })
    return made ?? []
  })
  const subject = {
    manifest,
    digest,
    bundle,
    documents,
    remote,
    sandbox,
    latency,
    largest: largestRows,
    cases: [...ordinary, ...cases.map((each) => suppliedCase(manifest, each, digest))],
    odd: oddities,
  }
  return examine(subject, remote ? remote.execute : executeInSandbox(sandbox, manifest, bundle, digest))
}

/** What of a remote release can be said without its endpoint; the check of its health says that there was none. */
const needsNoEndpoint = (check: ReleaseCheck) => ['documentation', 'remote'].includes(check.group)

/** What a check finds; what a bundle nested so deeply that the stack is too small for it is its fault. */
async function runDeep(check: ReleaseCheck, examined: Examined): Promise<Finding[]> {
  try {
    return await check.run(examined)
  } catch (error) {
    if (!(error instanceof RangeError && error.message.includes('call stack'))) throw error
    return [{ detail: 'what the bundle said is nested too deeply to be looked at' }]
  }
}

async function runCheck(check: ReleaseCheck, examined: Examined, isUntried: boolean): Promise<CheckResult> {
  const reason =
    isUntried && !needsNoEndpoint(check) ? 'no endpoint was given to try' : check.skip?.(examined)
  if (reason !== undefined) return resultOf(check, { reason })
  // The time on the platform's own machines is no matter of opinion.
  const decides = check.group === 'latency' && examined.latency === 'decides'
  return resultOf(check, await runDeep(check, examined), decides ? 'error' : check.severity)
}

/**
 * Runs the suite on a release: the same verdict for provider, CI and certifier. A release that fails is
 * a report with findings; it rejects only when the sandbox itself cannot run, or an id in `only` is no check's.
 *
 * ```ts
 * const sandbox = createSandbox()
 * const report = await certify({ manifest, bundle, documents, sandbox })
 * await sandbox.close()
 * ```
 */
export async function certify(options: CertifyOptions): Promise<CertificationReport> {
  const startedAt = performance.now()
  const given = readManifest(options.manifest)
  const { manifest } = given
  const profiles: Profile[] = manifest ? profilesOf(manifest) : []
  const chosen = choose(manifest ? checksOf(profiles) : checksOf(profileNames), options.only)
  const ofManifest = chosen.filter((check): check is ManifestCheck => check.stage === 'manifest')
  const ofRelease = manifest ? chosen.filter((check): check is ReleaseCheck => check.stage === 'release') : []

  const isUntried = manifest?.runtime.kind === 'remote' && !options.remote
  const results: CheckResult[] = []
  const total = ofManifest.length + ofRelease.length
  const add = (result: CheckResult) => {
    results.push(result)
    options.onProgress?.({ done: results.length, total, result })
  }
  for (const check of ofManifest) add(resultOf(check, check.run(given)))
  const examined = manifest && prepare(manifest, ofRelease, options)
  if (examined) for (const check of ofRelease) add(await runCheck(check, examined, isUntried))

  const order = chosen.map(({ id }) => id)
  const isRefused = results.some(({ outcome, severity }) => outcome === 'failed' && severity === 'error')
  return {
    suite: suiteVersion,
    profiles,
    verdict: isRefused ? 'failed' : 'passed',
    service: manifest?.service ?? null,
    version: manifest?.version ?? null,
    digest: examined?.digest ?? null,
    results: results.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
    durationMs: Math.round(performance.now() - startedAt),
  }
}

function choose(checks: readonly Check[], only: readonly string[] | undefined): readonly Check[] {
  if (!only) return checks
  const unknown = only.filter((id) => !allChecks.some((check) => check.id === id))
  if (unknown.length > 0) throw new RangeError(`there is no check ${unknown.join(', ')}`)
  return checks.filter(({ id }) => only.includes(id))
}
