import { actionOf, type Manifest } from '@bizq/sdk/contract'
import type { Check, CheckGroup } from './check.ts'
import { allChecks } from './checks/index.ts'

export const profileNames = ['sandboxed', 'remote', 'handles-personal-data', 'moves-money'] as const
/** A set of checks that a kind of release has to pass; a release has one or several. */
export type Profile = (typeof profileNames)[number]

const special: Partial<Record<CheckGroup, Profile>> = {
  'personal-data': 'handles-personal-data',
  money: 'moves-money',
  remote: 'remote',
}

/** What means something only where the bundle is at hand. */
const ofBundles: readonly CheckGroup[] = ['security', 'determinism', 'limits']

function isIn(profile: Profile, { group }: Check): boolean {
  const own = special[group]
  if (own !== undefined) return own === profile
  if (profile === 'sandboxed') return true
  return profile === 'remote' && !ofBundles.includes(group)
}

/** The checks of each profile, in the order of the report. */
export const profiles: Readonly<Record<Profile, readonly Check[]>> = Object.fromEntries(
  profileNames.map((profile) => [profile, allChecks.filter((check) => isIn(profile, check))]),
) as unknown as Record<Profile, readonly Check[]>

/** Which profiles a manifest asks for: where it runs, and what it may touch. */
export function profilesOf({ runtime, handlesPersonalData, actions }: Manifest): Profile[] {
  return [
    runtime.kind === 'remote' ? 'remote' : 'sandboxed',
    ...(handlesPersonalData === true ? (['handles-personal-data'] as const) : []),
    ...(actions.some(({ type }) => actionOf(type).movesMoneyOut) ? (['moves-money'] as const) : []),
  ]
}

/** The checks of several profiles together, each once. */
export function checksOf(names: readonly Profile[]): Check[] {
  return allChecks.filter((check) => names.some((name) => profiles[name].includes(check)))
}
