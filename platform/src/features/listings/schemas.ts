import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { Price } from '../catalogue/index.ts'
import { ReleaseState, ServiceId } from '../releases/index.ts'

export const ImageId = idSchema(idPrefixes.image)

/** Signs that turn the direction of what stands around them: a text could read otherwise than it is. */
const turning = /[\u202a-\u202e\u2066-\u2069]/
const words = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine(
      (text) => !turning.test(text),
      'holds invisible signs that turn the direction of writing: remove them',
    )
const some = (most: number) => words(most).refine((text) => text.length > 0, 'must not be empty')

const HttpsUrl = z.url({ protocol: /^https$/, error: 'must be a whole https:// address' }).max(500)

/** Where subscribers are helped: a mail address or a page. */
export const Support = z.union([z.email().max(200), HttpsUrl], {
  error: 'must be a mail address or an https:// address',
})

const mostDescription = 20_000

export const ListingContent = z
  .object({
    description: words(mostDescription).openapi({
      description: 'Markdown (CommonMark) without raw HTML and images.',
    }),
    screenshots: z
      .array(
        z.object({
          image: ImageId,
          alt: some(300).openapi({ description: 'What it shows, for who cannot see it.' }),
        }),
      )
      .max(5),
    support: Support.nullable(),
    links: z.array(z.object({ label: some(60), url: HttpsUrl })).max(8),
    questions: z.array(z.object({ question: some(200), answer: some(2_000) })).max(20),
  })
  .openapi('ListingContent')
export type ListingContent = z.infer<typeof ListingContent>

/** What a listing says beside the manifest, as it stands on the page. */
export const ListingAbout = z
  .object({
    source: z
      .enum(['provider', 'readme', 'manifest'])
      .openapi({ description: 'Written for this page, or else the README of the release, or its summary.' }),
    number: z.int().nullable().openapi({ description: 'The published version; null where there is none.' }),
    publishedAt: z.iso.datetime().nullable(),
    descriptionHtml: z
      .string()
      .openapi({ description: 'HTML made from Markdown here: no scripts, no images.' }),
    screenshots: z.array(
      z.object({ image: ImageId, url: z.string(), alt: z.string(), width: z.int(), height: z.int() }),
    ),
    support: z.object({ text: z.string(), href: z.string() }).nullable(),
    links: z.array(z.object({ label: z.string(), url: z.string() })),
    questions: z.array(z.object({ question: z.string(), answerHtml: z.string() })),
    publisher: z.object({ name: z.string(), country: z.string().nullable() }),
  })
  .openapi('ListingAbout')
export type ListingAbout = z.infer<typeof ListingAbout>

/** What a release's manifest fixes: it changes with the next release only. */
export const ListingFixed = z
  .object({
    name: z.string(),
    summary: z.string(),
    category: z.string(),
    version: z.string(),
    state: ReleaseState,
    price: Price,
    inWords: z.array(z.string()),
  })
  .openapi('ListingFixed')

export const OwnListing = z
  .object({
    service: ServiceId,
    fixed: ListingFixed.or(z.null()).openapi({ description: 'Null before the first release.' }),
    origin: z
      .enum(['draft', 'published', 'readme', 'manifest'])
      .openapi({ description: 'Where `content` comes from: without a text of your own, from the release.' }),
    content: ListingContent,
    draft: z.object({ version: z.int(), changedAt: z.iso.datetime() }).nullable(),
    published: z.object({ number: z.int(), publishedAt: z.iso.datetime() }).nullable(),
    preview: ListingAbout.openapi({ description: '`content` as operators would see it.' }),
  })
  .openapi('OwnListing')

export const DraftChange = z
  .object({
    content: ListingContent,
    version: z.int().min(1).nullable().optional().openapi({
      description:
        'The version of the draft that you changed, or null where you saw none. With another in place it is refused.',
    }),
  })
  .openapi('ListingDraftChange')

export const Publication = z
  .object({ version: z.int().min(1).openapi({ description: 'The version of the draft that you saw.' }) })
  .openapi('ListingPublication')

export const ListingVersion = z
  .object({ number: z.int(), publishedAt: z.iso.datetime(), content: ListingContent, isCurrent: z.boolean() })
  .openapi('ListingVersion')

const mostImageCharacters = 8_000_000

export const NewImage = z
  .object({
    image: z
      .base64()
      .max(mostImageCharacters, 'may have 6 MB')
      .openapi({ description: 'A PNG, JPEG or WebP of at most 16 megapixels, as base64.' }),
  })
  .openapi('NewListingImage')

export const Image = z
  .object({ id: ImageId, url: z.string(), width: z.int(), height: z.int(), bytes: z.int() })
  .openapi('ListingImage')

export const ProviderProfile = z
  .object({
    name: z.string(),
    country: z.string().nullable(),
    support: z.string().nullable(),
    changedAt: z.iso.datetime().nullable(),
  })
  .openapi('ProviderProfile')

export const ProviderProfileChange = z
  .object({
    name: some(200),
    country: z.string().regex(/^[A-Z]{2}$/, 'must be two letters, such as GB'),
    support: Support,
  })
  .openapi('ProviderProfileChange')
