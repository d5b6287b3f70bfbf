import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Shown = Schemas['ReviewPreview']

const subscribed: Record<Shown['subscribed'], () => string> = {
  'under-1': m.review_subscribed_under_1,
  '1-3': m.review_subscribed_1_3,
  '3-6': m.review_subscribed_3_6,
  '6-12': m.review_subscribed_6_12,
  'over-12': m.review_subscribed_over_12,
}
const decided: Record<Shown['decided'], () => string> = {
  '1-9': m.review_decided_1_9,
  '10-49': m.review_decided_10_49,
  '50-199': m.review_decided_50_199,
  'over-200': m.review_decided_over_200,
}

/** What the platform knows of whoever wrote it, as coarse as it is shown. */
export const factsOf = (review: Pick<Shown, 'subscribed' | 'decided'>): string =>
  m.review_facts({ subscribed: subscribed[review.subscribed](), decided: decided[review.decided]() })

/** Who signs it: a country at most. */
export function authorOf(country: string | null, language: string): string {
  if (!country) return m.review_author()
  const name = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(country) ?? country
  return m.review_author_in({ country: name })
}

export const starsLabel = (stars: number): string => m.rating_of_5({ mean: String(stars) })

const reasons = {
  abusive: m.report_abusive,
  'not-about-the-service': m.report_not_about_the_service,
  'names-somebody': m.report_names_somebody,
  untrue: m.report_untrue,
  advertising: m.report_advertising,
  other: m.report_other,
} satisfies Record<Schemas['NewReviewReport']['reason'], () => string>
const threadReasons = {
  'asks-who-i-am': m.report_asks_who_i_am,
  'outside-the-platform': m.report_outside_the_platform,
  abusive: m.report_abusive,
  advertising: m.report_advertising,
  other: m.report_other,
} satisfies Record<Schemas['NewThreadReport']['reason'], () => string>

const options = (words: Record<string, () => string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label: label() }))

export const reportOptions = () => options(reasons)
export const threadReportOptions = () => options(threadReasons)
