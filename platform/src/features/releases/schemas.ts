import { z } from '@hono/zod-openapi'
import { executionLimits, idPrefixes, idSchema, statesOf } from '@bizq/sdk/contract'
import { Review } from './certificate-schemas.ts'

export const ServiceId = idSchema(idPrefixes.service)
export const ReleaseId = idSchema(idPrefixes.release)
const ServiceName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
  .min(3)
  .max(60)

/** A service by its id or by its name. */
export const ServiceRef = z.union([ServiceId, ServiceName]).openapi({
  type: 'string',
  description: 'The id (`svc_…`) or the name (`cash-flow-optimizer`) of a service.',
})

export const NewService = z.object({ service: ServiceName }).openapi('NewService')

export const ReleaseState = z.enum(statesOf('release')).openapi('ReleaseState')

const Visibility = z.enum(['public', 'unlisted', 'invite-only']).openapi({
  description:
    '`public` stands in the catalogue, `unlisted` is found by its link alone, `invite-only` by operators whom a code let in.',
})

const BriefRelease = z.object({
  release: ReleaseId,
  version: z.string(),
  state: ReleaseState,
  name: z.string(),
})

/** How far it has come, by customers and by how it does. */
export const ServiceLevel = z.enum(['bronze', 'silver', 'gold', 'platinum']).openapi('ServiceLevel')

export const ProviderService = z
  .object({
    id: ServiceId,
    service: z.string(),
    createdAt: z.iso.datetime(),
    subscribers: z.int().nullable().openapi({ description: 'Active ones; not told below five.' }),
    visibility: Visibility,
    level: ServiceLevel,
    suspended: z
      .object({ at: z.iso.datetime(), reason: z.string() })
      .nullable()
      .openapi({ description: 'Set while the platform holds the service: nothing of it runs.' }),
    newest: BriefRelease.nullable().openapi({ description: 'The highest version, whatever its state.' }),
    offered: BriefRelease.nullable().openapi({ description: 'What a new subscriber gets.' }),
  })
  .openapi('ProviderService')

export const ServiceChange = z.object({ visibility: Visibility }).openapi('ServiceChange')

/** One finding of the automated checks. */
export const Check = z
  .object({
    rule: z.string(),
    outcome: z.enum(['passed', 'warned', 'failed']),
    detail: z.string(),
    mend: z.string().optional(),
  })
  .openapi('Check')
export type Check = z.infer<typeof Check>

const mostBundleCharacters = executionLimits.bundleBytes

const mostDocumentCharacters = 100_000
const mostScreenshotCharacters = 3_000_000

const SubmittedDocuments = z
  .object({
    readme: z.string().max(mostDocumentCharacters).optional(),
    changelog: z.string().max(mostDocumentCharacters).optional(),
    screenshots: z.array(z.base64().max(mostScreenshotCharacters)).max(5).optional(),
  })
  .openapi('SubmittedDocuments', {
    description:
      'README.md, CHANGELOG.md and images (PNG, JPEG, WebP, as base64). Checked where they are given.',
  })

const isTimeZone = (name: string) => {
  try {
    return /^[a-z]/i.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format() !== ''
  } catch {
    return false
  }
}
const Rows = z.record(z.string(), z.array(z.record(z.string(), z.json())))
const SubmittedCase = z
  .object({
    name: z.string().trim().min(1).max(100),
    data: Rows.openapi({ type: 'object', description: 'Rows by dataset, as the bundle gets them.' }),
    settings: z.record(z.string(), z.json()).optional().openapi({ type: 'object' }),
    now: z.iso.datetime().optional(),
    timeZone: z.string().refine(isTimeZone, 'is no IANA zone: give a name such as Europe/Berlin').optional(),
  })
  .openapi('SubmittedCase', {
    description: 'An input of the provider’s own that the checks try beside theirs.',
  })

/** What is submitted beside a release, outside its digest: the checks look at it. */
export const SubmittedBeside = z.object({
  documents: SubmittedDocuments.optional(),
  cases: z.array(SubmittedCase).max(20).optional(),
})
export type SubmittedBeside = z.infer<typeof SubmittedBeside>

/** What part of its subscriptions a canary takes, and for how long the rest waits. */
const Canary = z.object({
  percent: z
    .int()
    .min(1)
    .max(50)
    .openapi({ description: 'Of the subscriptions, the share that goes first.' }),
  hours: z.int().min(1).max(336).openapi({ description: 'How long it is watched before the rest follows.' }),
})

/** What is done with a release once it is certified. */
export const Publication = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('hold') }),
    z.object({ kind: z.literal('stage') }),
    Canary.extend({ kind: z.literal('canary') }),
  ])
  .openapi('Publication', {
    description:
      '`all` offers it to everybody, `hold` leaves that to you, `stage` runs it for your test operators, `canary` takes a share of the subscriptions first.',
  })
export type Publication = z.infer<typeof Publication>

export const NewRelease = z
  .object({
    manifest: z
      .record(z.string(), z.json())
      .openapi({ type: 'object', description: 'manifest.json as built.' }),
    bundle: z.string().max(mostBundleCharacters, `must be at most ${mostBundleCharacters} bytes`).openapi({
      description: 'bundle.js as built: one ES module without imports; empty for a remote service.',
    }),
    ...SubmittedBeside.shape,
    publication: Publication.default({ kind: 'all' }),
  })
  .openapi('NewRelease')

export const Release = z
  .object({
    id: ReleaseId,
    service: ServiceId,
    version: z.string(),
    digest: z.string().openapi({ description: 'SHA-256 over manifest and bundle, in hex.' }),
    state: ReleaseState,
    notice: z.string().nullable().openapi({ description: 'What subscribers are told about its state.' }),
    suspendedBy: z.enum(['provider', 'platform', 'canary']).nullable().openapi({
      description: 'Who suspended it. What the platform or a canary suspended is not published again.',
    }),
    endsAt: z.iso.datetime().nullable().openapi({ description: 'When a deprecated release stops.' }),
    publication: Publication,
    comparedWith: z
      .string()
      .nullable()
      .openapi({ description: 'The version that `changes` compares with; null for the first.' }),
    isMajor: z.boolean().openapi({
      description: 'Whether every subscriber has to agree to it; else it reaches them by itself.',
    }),
    changes: z
      .array(z.string())
      .openapi({ description: 'What it asks for beyond that version, and what it no longer asks for.' }),
    checks: z.array(Check),
    review: Review.nullable(),
    recertifyBy: z.iso.datetime().nullable().openapi({
      description: 'The present suite does not pass it any more: from then on it takes no new subscribers.',
    }),
    manifest: z.record(z.string(), z.json()).openapi({ type: 'object' }),
    createdAt: z.iso.datetime(),
    publishedAt: z.iso.datetime().nullable(),
  })
  .openapi('Release')

export const ReleaseChange = z
  .object({
    state: z.enum(['certified', 'staged', 'published', 'deprecated', 'suspended', 'withdrawn']).openapi({
      description: '`certified` takes a staged release back, so that it runs for nobody.',
    }),
    notice: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .optional()
      .openapi({ description: 'What subscribers are told.' }),
    canary: Canary.optional().openapi({
      description: 'With `staged`: a share of the subscriptions goes first.',
    }),
    endsAt: z.iso.datetime().optional().openapi({
      description: 'With `deprecated`: when it stops. In 30 days if left out, and never sooner.',
    }),
  })
  .openapi('ReleaseChange')
