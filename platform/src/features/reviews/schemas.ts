import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { PageQuery } from '../../http/pagination.ts'
import { plainWords } from '../../http/plain-words.ts'
import { ServiceId } from '../releases/index.ts'
import { SubscriptionId } from '../subscriptions/index.ts'

export const ReviewId = idSchema(idPrefixes.review)
export const ReportId = idSchema(idPrefixes.report)

const Stars = z.int().min(1).max(5)

export const Words = plainWords(2_000)

export const ReviewWords = z
  .object({
    stars: Stars,
    words: Words,
    showsCountry: z.boolean().default(true).openapi({
      description: 'Whether it is signed “An operator in Germany” or “An operator”. No name is ever shown.',
    }),
  })
  .openapi('ReviewWords')
export type ReviewWords = z.infer<typeof ReviewWords>

export const Subscribed = z.enum(['under-1', '1-3', '3-6', '6-12', 'over-12'])
export type Subscribed = z.infer<typeof Subscribed>
export const Decided = z.enum(['1-9', '10-49', '50-199', 'over-200'])
export type Decided = z.infer<typeof Decided>

const Shown = z.object({
  stars: Stars,
  words: z.string().openapi({ description: 'Redacted, plain text.' }),
  country: z.string().nullable().openapi({ description: 'ISO 3166; null where the author chose so.' }),
  subscribed: Subscribed.openapi({ description: 'For how many months, verified by the platform.' }),
  decided: Decided.openapi({
    description: 'How many of its actions were decided, verified by the platform.',
  }),
})

export const ReviewPreview = Shown.openapi('ReviewPreview')
export type ReviewPreview = z.infer<typeof ReviewPreview>

export const Review = Shown.extend({
  id: ReviewId,
  day: z.iso.date(),
  editedDay: z.iso.date().nullable(),
  answer: z
    .object({ words: z.string(), day: z.iso.date() })
    .nullable()
    .openapi({ description: 'The provider’s words, plain text.' }),
}).openapi('Review')
export type Review = z.infer<typeof Review>

export const ReviewQuery = PageQuery.extend({
  stars: z.coerce.number().int().min(1).max(5).optional(),
  sort: z.enum(['newest', 'highest', 'lowest']).default('newest'),
})
export type ReviewQuery = z.infer<typeof ReviewQuery>

const WrittenReview = Review.extend({
  ownWords: z.string().openapi({ description: 'As they were written; nobody else reads them.' }),
  showsCountry: z.boolean(),
  hiddenReason: z.string().nullable(),
}).openapi('WrittenReview')

export const OwnReview = z
  .object({
    subscription: SubscriptionId,
    mayReview: z.boolean(),
    whyNot: z.string().nullable().openapi({ description: 'Why it cannot be reviewed yet, and what to do.' }),
    review: z.union([WrittenReview, z.null()]),
  })
  .openapi('OwnReview')
export type OwnReview = z.infer<typeof OwnReview>

export const ReportReason = z.enum([
  'abusive',
  'not-about-the-service',
  'names-somebody',
  'untrue',
  'advertising',
  'other',
])
export type ReportReason = z.infer<typeof ReportReason>

export const NewReport = z
  .object({ reason: ReportReason, words: Words.optional() })
  .openapi('NewReviewReport')
export type NewReport = z.infer<typeof NewReport>

export const Report = z
  .object({
    id: ReportId,
    review: ReviewId,
    reason: ReportReason,
    words: z.string().nullable(),
    state: z.enum(['open', 'hidden', 'kept']),
    decisionReason: z.string().nullable(),
    at: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
  })
  .openapi('ReviewReport')

export const ProviderReview = Review.extend({
  hiddenReason: z.string().nullable().openapi({ description: 'Set when the marketplace hid it.' }),
  isReported: z.boolean().openapi({ description: 'Whether a report of yours waits for a decision.' }),
}).openapi('ProviderReview')

export const Answer = z.object({ words: Words }).openapi('ReviewAnswer')

export const ModeratedReview = Review.extend({
  service: z.object({ id: ServiceId, service: z.string(), publisher: z.string() }),
  state: z.enum(['shown', 'hidden', 'taken-back']),
  hiddenReason: z.string().nullable(),
  waits: z.enum(['reported', 'edited-since-hidden']).nullable(),
  reports: z.array(Report.extend({ reporter: z.enum(['operator', 'provider']) })),
}).openapi('ModeratedReview')
export type ModeratedReview = z.infer<typeof ModeratedReview>

export const ReviewHistory = ModeratedReview.extend({
  versions: z.array(z.object({ stars: Stars, words: z.string(), at: z.iso.datetime() })).openapi({
    description: 'Every version that was public, newest first.',
  }),
}).openapi('ReviewHistory')

export const Moderation = z
  .object({ decision: z.enum(['hide', 'keep']), reason: plainWords(500) })
  .openapi('ReviewModeration')
export type Moderation = z.infer<typeof Moderation>
