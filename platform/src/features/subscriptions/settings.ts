import type { Manifest } from '@bizq/sdk/contract'
import { checkAgainstInTime } from '@bizq/sdk/contract/host'
import { ProblemError } from '../../problems.ts'

/** Settings as the release's JSON Schema takes them, with its defaults filled in. Refuses with a pointer to each mistake. */
export function requireSettings(manifest: Manifest, given: Record<string, unknown>): Record<string, unknown> {
  const schema = manifest.settings ?? { type: 'object', properties: {}, additionalProperties: false }
  const checked = checkAgainstInTime(schema, given)
  if (checked.ok) return checked.value
  throw new ProblemError('invalid-request', {
    detail: 'The settings are not as the service takes them.',
    errors: checked.problems.map(({ pointer, detail }) => ({ pointer: `/settings${pointer}`, detail })),
  })
}

/** Whether settings that were taken by one release are taken by another. */
export function findSettings(
  manifest: Manifest,
  given: Record<string, unknown>,
): Record<string, unknown> | undefined {
  try {
    return requireSettings(manifest, given)
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}
