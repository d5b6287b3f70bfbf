import { executionLimits } from '@bizq/sdk/contract'
import type { SandboxRequest } from '@bizq/sandbox'
import type { OpenGrant } from '../subscriptions/index.ts'
import { seedOf } from './input.ts'
import type { Claimed } from './run.ts'

/** What the sandbox is asked to run: the same for a replay. */
export function requestOf(
  { row, grant, business, now }: Claimed,
  input: string,
  bundle: string,
): SandboxRequest {
  return {
    release: grant.release.digest,
    bundle,
    call: 'execute',
    input,
    seed: seedOf(row.id),
    now: now.getTime(),
    timeZone: business.time_zone,
    locale: business.locale,
    limits: limitsOf(grant),
    organisation: grant.organisation,
    personalData: grant.release.manifest.handlesPersonalData === true,
  }
}

/** What bounds an execution, as its receipt tells: on a provider's own server, time and sizes alone. */
export function limitsTold(grant: OpenGrant): Record<string, number> {
  const { wallMs, inputBytes, outputBytes } = executionLimits
  return grant.release.manifest.runtime.kind === 'remote'
    ? { wallMs, inputBytes, outputBytes }
    : limitsOf(grant)
}

export function limitsOf({
  release,
}: OpenGrant): Record<'wallMs' | 'cpuMs' | 'memoryMib' | 'inputBytes' | 'outputBytes' | 'logBytes', number> {
  const { wallMs, cpuMs, memoryMib, inputBytes, outputBytes, logBytes } = executionLimits
  const asked = release.manifest.runtime.kind === 'sandbox' ? release.manifest.runtime.limits : undefined
  return {
    wallMs: asked?.wallMs ?? wallMs,
    cpuMs: asked?.cpuMs ?? cpuMs,
    memoryMib: asked?.memoryMib ?? memoryMib,
    inputBytes,
    outputBytes,
    logBytes,
  }
}
