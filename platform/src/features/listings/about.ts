import { decodeId, encodeId, idPrefixes, type Manifest } from '@bizq/sdk/contract'
import { toHtml } from './markdown-it.ts'
import type { ListingAbout, ListingContent } from './schemas.ts'
import type { ImageRow } from './store.ts'

/** The addresses of images: on our own origin. */
export const imageUrl = (id: string): string => `/v1/listing-images/${id}`

export const imageUuids = (content: ListingContent): string[] =>
  content.screenshots.map(({ image }) => decodeId(idPrefixes.image, image))

const mostDescription = 20_000

/** What a service's page says as long as its provider wrote nothing: the README of the release, or else its manifest. */
export function defaultContent(manifest: Manifest | undefined, readme: string | undefined): ListingContent {
  // Its name stands above it already, and its images lie beside it, not here.
  const text = readme
    ?.trim()
    .replace(/^# .*\n+/, '')
    .replaceAll(/!\[[^\]]*\]\([^)]*\)\n*/g, '')
  return {
    description: text ? text.slice(0, mostDescription) : (manifest?.summary ?? ''),
    screenshots: [],
    support: null,
    links: manifest?.docs ? [{ label: 'Documentation', url: manifest.docs }] : [],
    questions: [],
  }
}

export interface Beside {
  images: readonly ImageRow[]
  publisher: { name: string; country: string | null; support: string | null }
  version: { number: number; publishedAt: Date } | null
  manifest: Manifest | undefined
  source: ListingAbout['source']
}

/** The text as it stands on the page. An image that is no more is left out. */
export function toAbout(content: ListingContent, beside: Beside): ListingAbout {
  const { publisher, version, manifest } = beside
  const images = new Map(beside.images.map((image) => [encodeId(idPrefixes.image, image.id), image]))
  return {
    source: beside.source,
    number: version?.number ?? null,
    publishedAt: version?.publishedAt.toISOString() ?? null,
    descriptionHtml: toHtml(content.description),
    screenshots: content.screenshots.flatMap(({ image, alt }) => {
      const found = images.get(image)
      return found ? [{ image, alt, url: imageUrl(image), width: found.width, height: found.height }] : []
    }),
    support: toSupport(content.support ?? manifest?.support ?? publisher.support),
    links: content.links,
    questions: content.questions.map(({ question, answer }) => ({ question, answerHtml: toHtml(answer) })),
    publisher: { name: publisher.name, country: publisher.country ?? manifest?.country ?? null },
  }
}

function toSupport(contact: string | null): ListingAbout['support'] {
  if (contact === null) return null
  const isPage = /^https:\/\//i.test(contact)
  const isMail = /^[^\s@:/]+@[^\s@:/]+$/.test(contact)
  if (!isPage && !isMail) return null
  return { text: contact, href: isPage ? contact : `mailto:${contact}` }
}
