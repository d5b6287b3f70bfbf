import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Actor } from '../../db/unit-of-work.ts'
import { withUnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'
import { requireListed } from '../releases/index.ts'
import { defaultContent, imageUuids, toAbout } from './about.ts'
import type { ListingAbout } from './schemas.ts'
import * as store from './store.ts'

/** What the provider of a listed service published about it, or else what its release says. */
export async function getListing(deps: Pick<Deps, 'directory'>, service: string): Promise<ListingAbout> {
  const { directory } = deps
  const listed = await requireListed(deps, service)
  const [version, profile] = await Promise.all([
    store.findPublishedListing(directory, listed.service),
    store.findPublicProfile(directory, listed.provider),
  ])
  const content = version?.content ?? defaultContent(listed.manifest)
  return toAbout(content, {
    images: await store.listPublishedImages(directory, listed.service, imageUuids(content)),
    publisher: {
      name: listed.publisher,
      country: profile?.country ?? null,
      support: profile?.support ?? null,
    },
    version: version ? { number: version.number, publishedAt: version.published_at } : null,
    manifest: listed.manifest,
  })
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
  const own = await withUnitOfWork(deps, actor, (unit) => store.findOwnImage(unit.tx, uuid))
  if (!own) throw new ProblemError('not-found')
  return { content: own.content, isPublished: false }
}
