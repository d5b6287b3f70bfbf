import type { Manifest, StateOf } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import * as store from './published-store.ts'

/** A release that was once published, or staged for some. Ids are UUIDs. All but `state`, `notice`, `isPublic` and `endsAt` never changes. */
export interface PublishedRelease {
  id: string
  service: string
  provider: string
  slug: string
  publisher: string
  version: string
  digest: string
  manifest: Manifest
  state: StateOf<'release'>
  notice: string | null
  /** When it was first published or staged. */
  publishedAt: Date
  /** Whether it was ever offered to everybody. */
  isPublic: boolean
  /** When a deprecated one stops. */
  endsAt: Date | null
  suspendedBy: store.PublishedRow['suspended_by']
}

function toPublished(row: store.PublishedRow): PublishedRelease {
  return {
    id: row.id,
    service: row.service_id,
    provider: row.provider_id,
    slug: row.slug,
    publisher: row.publisher,
    version: row.version,
    digest: row.digest,
    manifest: row.manifest,
    state: row.state,
    notice: row.notice,
    publishedAt: row.published_at,
    isPublic: row.is_public,
    endsAt: row.ends_at,
    suspendedBy: row.suspended_by,
  }
}

type Directory = Pick<Deps, 'directory'>

/** A once published or staged release by its UUID, whoever asks: who may see it is the caller's to ask. Refuses with not-found. */
export async function requirePublished(deps: Directory, release: string): Promise<PublishedRelease> {
  const row = await store.findPublished(deps.directory, release)
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such published release.' })
  return toPublished(row)
}

/** Once published releases by their UUIDs; what is not there is left out. */
export async function describeReleases(
  deps: Directory,
  ids: readonly string[],
): Promise<Map<string, PublishedRelease>> {
  const wanted = [...new Set(ids)]
  const rows = wanted.length ? await store.findManyPublished(deps.directory, wanted) : []
  return new Map(rows.map((row) => [row.id, toPublished(row)]))
}

/** Every once published release of a service, newest version first. */
export async function listPublished(deps: Directory, service: string): Promise<PublishedRelease[]> {
  return (await store.listPublished(deps.directory, service)).map(toPublished)
}

/** The bundle of a once published release, as it is kept: compare `releaseDigest` before running it. */
export async function loadBundle(deps: Directory, release: string): Promise<Buffer> {
  const row = await store.findPublishedBundle(deps.directory, release)
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such published release.' })
  return row.content
}
