import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import * as offers from './offer-store.ts'
import { requirePublished, type PublishedRelease } from './published.ts'
import * as store from './published-store.ts'

type Directory = Pick<Deps, 'directory'>
/** Who looks at the catalogue. Nobody in particular sees what everybody sees. */
export type Viewer = Pick<Actor, 'organisation' | 'organisationKind'>

const notListed = () => new ProblemError('not-found', { detail: 'The catalogue has no such service.' })

/**
 * What a new subscriber of a service would get, by the service's id on the wire or its name: the newest that
 * is published, or to its test operators the newest that is staged. Refuses with not-found, also what is
 * shown to invited operators alone and the viewer is none.
 */
export async function requireListed(
  deps: Directory,
  service: string,
  viewer?: Viewer,
): Promise<PublishedRelease> {
  const ref = service.includes('_') ? { id: decodeId(idPrefixes.service, service) } : { slug: service }
  const listed = await store.findListed(deps.directory, ref)
  const staged = viewer && (await offers.findStaged(deps.directory, ref))
  const id = listed?.id ?? staged?.service_id
  if (!id) throw notListed()
  const admitted = await admissionsOf(deps, id, viewer)
  if (staged && admitted.has('test')) {
    const release = await requirePublished(deps, staged.id)
    if (!listed || isAbove(release.version, listed.version)) return release
  }
  if (!listed) throw notListed()
  const release = await requirePublished(deps, listed.release_id)
  const isOpen = listed.visibility !== 'invite-only' || admitted.size > 0 || seesAll(release, viewer)
  if (!isOpen) throw notListed()
  return release
}

const seesAll = (release: PublishedRelease, viewer: Viewer | undefined) =>
  viewer?.organisationKind === 'platform' || viewer?.organisation === release.provider

async function admissionsOf(deps: Directory, service: string, viewer: Viewer | undefined) {
  return viewer
    ? await offers.listAdmissions(deps.directory, service, viewer.organisation)
    : new Set<offers.AdmissionKind>()
}

function isAbove(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number))
  for (const i of [0, 1, 2]) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return than.includes('-')
}

/** Refuses a release that this operator could not agree to now. One that is staged exists for its test operators alone. */
export async function requireOffered(
  deps: Directory,
  release: PublishedRelease,
  viewer: Viewer,
): Promise<void> {
  const admitted = await admissionsOf(deps, release.service, viewer)
  if (!release.isPublic && !admitted.has('test'))
    throw new ProblemError('not-found', { detail: 'The service has no such release.' })
  if (release.state === 'staged') return
  if (release.state !== 'published') {
    throw new ProblemError('conflict', {
      detail: `The release is ${release.state}; only a published one can be consented to.`,
    })
  }
  const listed = await store.findListed(deps.directory, { id: release.service })
  if (listed?.visibility === 'invite-only' && admitted.size === 0) throw notListed()
}

/** Whether an operator (UUID) is one of the test operators of a service (UUID). */
export async function isTestOperator(deps: Directory, service: string, operator: string): Promise<boolean> {
  return (await offers.listAdmissions(deps.directory, service, operator)).has('test')
}

/** The test operators of a service, by UUIDs. */
export function listTestOperators(deps: Directory, service: string): Promise<string[]> {
  return offers.listTestOperators(deps.directory, service)
}

/** The newest staged release of a service, by UUIDs. */
export async function findStagedRelease(deps: Directory, service: string): Promise<string | undefined> {
  return (await offers.findStaged(deps.directory, { id: service }))?.id
}
