import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Actor } from '../../db/unit-of-work.ts'
import { withUnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import { listOrganisations } from '../identity/index.ts'
import { findPublishedDocument, listPublished, requireListed, type Viewer } from '../releases/index.ts'
import { defaultContent, imageUuids, toAbout } from './about.ts'
import type { ListingAbout } from './schemas.ts'
import * as store from './store.ts'

const readme = 'README.md'

/** What the provider of a listed service published about it, or else what its release says. */
export async function getListing(
  deps: Pick<Deps, 'directory'>,
  service: string,
  viewer: Viewer,
): Promise<ListingAbout> {
  const { directory } = deps
  const listed = await requireListed(deps, service, viewer)
  const [version, profile, document] = await Promise.all([
    store.findPublishedListing(directory, listed.service),
    store.findPublicProfile(directory, listed.provider),
    findPublishedDocument(deps, encodeId(idPrefixes.release, listed.id), readme),
  ])
  const text = document?.content.toString()
  const content = version?.content ?? defaultContent(listed.manifest, text)
  return toAbout(content, {
    images: await store.listPublishedImages(directory, listed.service, imageUuids(content)),
    publisher: {
      name: listed.publisher,
      country: profile?.country ?? null,
      support: profile?.support ?? null,
    },
    version: version ? { number: version.number, publishedAt: version.published_at } : null,
    manifest: listed.manifest,
    source: version ? 'provider' : text ? 'readme' : 'manifest',
  })
}

interface ServiceInWords {
  name: string
  summary: string
  /** Markdown: what its page says, or else its README or summary. */
  description: string
  version: string
  /** When the text was published; null where the provider wrote none of its own. */
  publishedAt: Date | null
}

/** What a service (UUID) that was ever published says of itself, also when nobody finds it any more; undefined of others. */
export async function describeService(
  deps: Pick<Deps, 'directory'>,
  service: string,
): Promise<ServiceInWords | undefined> {
  const [newest] = await listPublished(deps, service)
  if (!newest) return undefined
  const [version, document] = await Promise.all([
    store.findPublishedListing(deps.directory, service),
    findPublishedDocument(deps, encodeId(idPrefixes.release, newest.id), readme),
  ])
  const content = version?.content ?? defaultContent(newest.manifest, document?.content.toString())
  return {
    name: newest.manifest.name,
    summary: newest.manifest.summary,
    description: content.description,
    version: newest.version,
    publishedAt: version?.published_at ?? null,
  }
}

/** The bytes (WebP) of an image: of a published listing to everybody, of a draft to its provider alone. */
export async function readImage(
  deps: Deps,
  actor: Actor,
  id: string,
): Promise<{ content: Buffer; isPublished: boolean }> {
  const uuid = decodeId(idPrefixes.image, id)
  const published = await store.findPublishedImage(deps.directory, uuid)
  if (published) return { content: published.content, isPublished: true }
  for (const home of await homesOf(deps, actor)) {
    const own = await withUnitOfWork(deps, home, (unit) => store.findOwnImage(unit.tx, uuid))
    if (own) return { content: own.content, isPublished: false }
  }
  throw new ProblemError('not-found')
}

/** A browser that loads an image cannot say for which of the reader's providers: it is looked for in each. */
async function homesOf(deps: Pick<Deps, 'directory'>, actor: Actor): Promise<Actor[]> {
  if (actor.kind !== 'user' || !actor.user) return [actor]
  const memberships = await listOrganisations(deps, { user: { id: actor.user } })
  return memberships
    .filter(({ kind }) => kind === 'provider')
    .map(({ organisation_id, kind, role }) => ({
      ...actor,
      organisation: organisation_id,
      organisationKind: kind,
      role,
    }))
}
