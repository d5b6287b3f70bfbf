import type { Deps } from '../../deps.ts'
import { describeReleases } from '../releases/index.ts'

/**
 * Of these releases (UUIDs), the ones of which nothing may run any more, with the reason as an operator reads it:
 * suspended by the platform or their provider, or withdrawn.
 */
export async function findClosed(
  deps: Pick<Deps, 'directory'>,
  releases: readonly string[],
): Promise<Map<string, string>> {
  const closed = new Map<string, string>()
  for (const { id, state, notice } of (await describeReleases(deps, releases)).values())
    if (state === 'suspended' || state === 'withdrawn')
      closed.set(id, `The release is ${state}${notice === null ? '.' : `: ${notice}`}`)
  return closed
}
