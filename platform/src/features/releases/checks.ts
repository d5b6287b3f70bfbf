import type { Manifest } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Check } from './schemas.ts'

interface Submitted {
  manifest: Manifest
  digest: string
  bundle: string
}

/** The automated checks before publication: the bundle starts in the sandbox, and is what the manifest says it is. */
export async function checkRelease(deps: Pick<Deps, 'sandbox'>, submitted: Submitted): Promise<Check[]> {
  const checks: Check[] = [
    { rule: 'manifest.valid', outcome: 'passed', detail: 'The manifest is as the contract asks.' },
  ]
  if (submitted.manifest.runtime.kind === 'remote') return checks
  const described = await deps.sandbox.run({
    release: submitted.digest,
    bundle: submitted.bundle,
    call: 'describe',
    input: '{}',
    seed: submitted.digest,
    now: 0,
    timeZone: 'UTC',
    locale: 'en-GB',
  })
  if (described.outcome !== 'succeeded') {
    const why =
      described.outcome === 'failed'
        ? `${described.error.name}: ${described.error.message}`
        : described.detail
    return [
      ...checks,
      {
        rule: 'bundle.starts',
        outcome: 'failed',
        detail: `Asked to describe itself, the bundle ${described.outcome}: ${why}`,
        mend: 'Build it with `bizq build` and try it with `bizq test`.',
      },
    ]
  }
  return [
    ...checks,
    { rule: 'bundle.starts', outcome: 'passed', detail: `It described itself in ${described.wallMs} ms.` },
    describesItself(submitted.manifest, described.output),
  ]
}

function describesItself(manifest: Manifest, output: string): Check {
  const rule = 'bundle.is-manifest'
  const said = JSON.parse(output) as Partial<Manifest> | null
  const different = (['service', 'version'] as const).filter((part) => said?.[part] !== manifest[part])
  if (different.length === 0)
    return { rule, outcome: 'passed', detail: 'Bundle and manifest are of one build.' }
  return {
    rule,
    outcome: 'failed',
    detail: `Bundle and manifest differ in ${different.join(' and ')}.`,
    mend: 'Publish manifest.json and bundle.js of the same `bizq build`.',
  }
}
