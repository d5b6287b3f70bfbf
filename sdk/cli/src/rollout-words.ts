import type { Schemas } from '@bizq/client'
import type { Session } from './session/api.ts'

type Release = Schemas['Release']

const suspended: Record<NonNullable<Release['suspendedBy']>, string> = {
  provider: 'suspended by you',
  platform: 'suspended by the platform, which alone can restore it',
  canary: 'went back: its canary did worse; mend it and publish a higher version',
}

/** What a release changes for those who have the one before it, in lines; none for a first one. */
export function changeWords({ comparedWith, isMajor, changes }: Release): string[] {
  if (!comparedWith) return []
  const head = isMajor
    ? `Major: every subscriber of ${comparedWith} has to agree to it.`
    : `Minor: it reaches the subscribers of ${comparedWith} by itself.`
  return [head, ...changes.map((change) => `  ${change}`)]
}

/** What became of a release once it was certified, in lines; none where its state says it all. */
export async function rolloutWords({ api }: Session, service: string, release: Release): Promise<string[]> {
  const { version, state, id, endsAt, suspendedBy, notice } = release
  const said = (words: string) => [`${service} ${version}: ${words}${notice ? ` (“${notice}”)` : ''}`]
  if (state === 'deprecated' && endsAt) return said(`stops on ${endsAt.slice(0, 10)}`)
  if (state === 'suspended' && suspendedBy) return said(suspended[suspendedBy])
  if (state === 'certified') return said('certified; publish, stage or begin a canary in the portal')
  if (state !== 'staged') return []
  const params = { path: { service, release: id } }
  const { data: canary } = await api.GET('/provider/services/{service}/releases/{release}/rollout', {
    params,
  })
  if (canary?.state !== 'running') return said('runs for your test operators')
  const end = canary.endsAt.slice(0, 16).replace('T', ' ')
  return said(`a canary runs for ${canary.percent} % until ${end} UTC`)
}
