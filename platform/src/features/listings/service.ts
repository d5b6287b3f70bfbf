import { createHash } from 'node:crypto'
import { decodeId, encodeId, idPrefixes, Manifest } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { Actor, UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { inWords, priceOf } from '../catalogue/index.ts'
import { listOwnReleases, readDocument, requireOwnService } from '../releases/index.ts'
import { defaultContent, imageUrl, imageUuids, toAbout, type Beside } from './about.ts'
import { getProfile } from './profile.ts'
import type {
  DraftChange,
  Image,
  ListingAbout,
  ListingContent,
  ListingFixed,
  ListingVersion,
  OwnListing,
} from './schemas.ts'
import type { Screenshot } from './sharp.ts'
import * as store from './store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'listing.published': { service: string; number: number }
  }
}

const mostUnpublishedImages = 30

/** Refuses who may not write listings. */
export function requireMayWrite(actor: Actor): void {
  requireOrganisationKind(actor, 'provider')
  requireRole(actor, 'manager')
}

type OwnRelease = Awaited<ReturnType<typeof listOwnReleases>>[number]

/** The release that the page is of: the newest published one, else the newest. */
function releaseOf(releases: readonly OwnRelease[]): OwnRelease | undefined {
  return releases.find(({ state }) => state === 'published') ?? releases[0]
}

function manifestOf(release: OwnRelease | undefined): Manifest | undefined {
  return release && Manifest.parse(release.manifest)
}

function toFixed(
  release: OwnRelease | undefined,
  manifest: Manifest | undefined,
): z.infer<typeof ListingFixed> | null {
  if (!release || !manifest) return null
  const { name, summary, category, version } = manifest
  return {
    name,
    summary,
    category,
    version,
    state: release.state,
    price: priceOf(manifest),
    inWords: inWords(manifest),
  }
}

interface Ground {
  id: string
  release: OwnRelease | undefined
  manifest: Manifest | undefined
}

/** The README that came with a release, if one did. */
async function readmeOf(unit: UnitOfWork, release: OwnRelease | undefined): Promise<string | undefined> {
  if (!release) return undefined
  const found = await readDocument(unit, decodeId(idPrefixes.release, release.id), 'README.md').catch(
    (error: unknown) => {
      if (error instanceof ProblemError && error.slug === 'not-found') return undefined
      throw error
    },
  )
  return found?.content.toString()
}

async function groundOf(unit: UnitOfWork, service: string): Promise<Ground> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const release = releaseOf(await listOwnReleases(unit, service))
  return { id, release, manifest: manifestOf(release) }
}

async function besideOf(
  unit: UnitOfWork,
  { id, manifest }: Ground,
  content: ListingContent,
  { version = null, source = 'provider' }: Partial<Pick<Beside, 'version' | 'source'>> = {},
): Promise<Beside> {
  const images = await store.listImages(unit.tx, id, imageUuids(content))
  return { images, publisher: await getProfile(unit), version, manifest, source }
}

/** The listing as its provider works on it: the draft, else what is published, else what the release says. */
export async function getOwnListing(unit: UnitOfWork, service: string): Promise<z.infer<typeof OwnListing>> {
  const ground = await groundOf(unit, service)
  const [draft, published] = [
    await store.findDraft(unit.tx, ground.id),
    await store.findNewestVersion(unit.tx, ground.id),
  ]
  const own = draft?.content ?? published?.content
  const readme = own ? undefined : await readmeOf(unit, ground.release)
  const content = own ?? defaultContent(ground.manifest, readme)
  const standIn = readme ? 'readme' : 'manifest'
  const newest = published && { number: published.number, publishedAt: published.published_at }
  const shown = {
    version: draft ? null : (newest ?? null),
    source: own ? ('provider' as const) : standIn,
  } as const
  return {
    service: encodeId(idPrefixes.service, ground.id),
    fixed: toFixed(ground.release, ground.manifest),
    origin: draft ? 'draft' : published ? 'published' : standIn,
    content,
    draft: draft ? { version: draft.version, changedAt: draft.changed_at.toISOString() } : null,
    published: newest ? { ...newest, publishedAt: newest.publishedAt.toISOString() } : null,
    preview: toAbout(content, await besideOf(unit, ground, content, shown)),
  }
}

/** A text as operators would see it. Keeps nothing. */
export async function previewListing(
  unit: UnitOfWork,
  service: string,
  content: ListingContent,
): Promise<ListingAbout> {
  const ground = await groundOf(unit, service)
  return toAbout(content, await besideOf(unit, ground, content))
}

/** Every image named must be one that was given to this very service. */
async function requireImages(unit: UnitOfWork, service: string, content: ListingContent): Promise<void> {
  const known = new Set((await store.listImages(unit.tx, service, imageUuids(content))).map(({ id }) => id))
  const errors = content.screenshots.flatMap(({ image }, at) =>
    known.has(decodeId(idPrefixes.image, image))
      ? []
      : [
          {
            pointer: `/content/screenshots/${at}/image`,
            detail: 'is not there any more: add the picture again',
          },
        ],
  )
  if (errors.length > 0)
    throw new ProblemError('invalid-request', { detail: 'The listing is not right.', errors })
}

/** Keeps a draft. Refuses to write over one that somebody else changed meanwhile. */
export async function putDraft(
  unit: UnitOfWork,
  service: string,
  { content, version }: z.infer<typeof DraftChange>,
): Promise<z.infer<typeof OwnListing>> {
  requireMayWrite(unit.actor)
  const { id } = await requireOwnService(unit, service)
  await store.lockListing(unit.tx, id)
  const draft = await store.findDraft(unit.tx, id)
  if (version !== undefined && (draft?.version ?? null) !== version)
    throw new ProblemError('conflict', {
      detail: 'The draft was changed or published meanwhile. Load it anew, and make your change to that.',
    })
  await requireImages(unit, id, content)
  const saved = await store.saveDraft(unit.tx, unit.actor.organisation, id, content)
  await audit(unit, 'listing.draft', { service: encodeId(idPrefixes.service, id), version: saved.version })
  return getOwnListing(unit, service)
}

/** Throws the draft away: what is published stays. */
export async function discardDraft(unit: UnitOfWork, service: string): Promise<void> {
  requireMayWrite(unit.actor)
  const { id } = await requireOwnService(unit, service)
  if (!(await store.deleteDraft(unit.tx, id)))
    throw new ProblemError('not-found', { detail: 'There is no draft.' })
  await audit(unit, 'listing.discard', { service: encodeId(idPrefixes.service, id) })
}

/** Publishes the draft that was seen: operators read it from the commit on. */
export async function publishListing(
  unit: UnitOfWork,
  service: string,
  version: number,
): Promise<z.infer<typeof OwnListing>> {
  requireMayWrite(unit.actor)
  const { id } = await requireOwnService(unit, service)
  await store.lockListing(unit.tx, id)
  const draft = await store.findDraft(unit.tx, id)
  if (!draft)
    throw new ProblemError('conflict', { detail: 'There is no draft to publish: change something first.' })
  if (draft.version !== version)
    throw new ProblemError('conflict', {
      detail: 'The draft was changed meanwhile. Look at it again, then publish.',
    })
  await requireImages(unit, id, draft.content)
  const number = ((await store.findNewestVersion(unit.tx, id))?.number ?? 0) + 1
  const { organisation } = unit.actor
  await store.insertVersion(unit.tx, { organisation, service: id, number, content: draft.content })
  await store.publishImages(unit.tx, imageUuids(draft.content))
  await store.deleteDraft(unit.tx, id)
  const published = { service: encodeId(idPrefixes.service, id), number }
  await audit(unit, 'listing.publish', published)
  unit.emit('listing.published', published)
  return getOwnListing(unit, service)
}

/** Every text that was ever published, newest first. */
export async function listVersions(unit: UnitOfWork, service: string, query: PageQuery) {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const before = decodeCursor(query.cursor, z.tuple([z.int()]))?.[0]
  const newest = (await store.findNewestVersion(unit.tx, id))?.number
  const page = pageOf(await store.listVersions(unit.tx, id, before, query.limit), query.limit, (row) => [
    row.number,
  ])
  const items = page.items.map((row): z.infer<typeof ListingVersion> => ({
    number: row.number,
    publishedAt: row.published_at.toISOString(),
    content: row.content,
    isCurrent: row.number === newest,
  }))
  return { items, next: page.next }
}

/** Makes an earlier text the draft. */
export async function restoreVersion(
  unit: UnitOfWork,
  service: string,
  number: number,
): Promise<z.infer<typeof OwnListing>> {
  requireMayWrite(unit.actor)
  const { id } = await requireOwnService(unit, service)
  await store.lockListing(unit.tx, id)
  const version = await store.findVersion(unit.tx, id, number)
  if (!version) throw new ProblemError('not-found', { detail: 'The listing has no such version.' })
  await store.saveDraft(unit.tx, unit.actor.organisation, id, version.content)
  await audit(unit, 'listing.restore', { service: encodeId(idPrefixes.service, id), number })
  return getOwnListing(unit, service)
}

/** Keeps an image for the service's listing; nobody else sees it before it is published. */
export async function addImage(
  unit: UnitOfWork,
  service: string,
  picture: Screenshot,
): Promise<z.infer<typeof Image>> {
  requireMayWrite(unit.actor)
  const { id } = await requireOwnService(unit, service)
  const draft = await store.findDraft(unit.tx, id)
  const left = await store.forgetUnused(unit.tx, id, draft ? imageUuids(draft.content) : [])
  if (left >= mostUnpublishedImages)
    throw new ProblemError('conflict', {
      detail: `${left} images wait unpublished. Those that no draft shows are forgotten after a day; add more then.`,
    })
  const digest = createHash('sha256').update(picture.content).digest('hex')
  const row = await store.insertImage(unit.tx, {
    organisation: unit.actor.organisation,
    service: id,
    digest,
    ...picture,
  })
  const image = encodeId(idPrefixes.image, row.id)
  await audit(unit, 'listing.add-image', { service: encodeId(idPrefixes.service, id), image, digest })
  return { id: image, url: imageUrl(image), width: row.width, height: row.height, bytes: row.bytes }
}
