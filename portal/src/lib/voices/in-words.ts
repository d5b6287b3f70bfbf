import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Shown = Schemas['ReviewPreview']

const subscribed: Record<Shown['subscribed'], () => string> = {
  'under-1': m.vce_subscribed_under_1,
  '1-3': m.vce_subscribed_1_3,
  '3-6': m.vce_subscribed_3_6,
  '6-12': m.vce_subscribed_6_12,
  'over-12': m.vce_subscribed_over_12,
}
const decided: Record<Shown['decided'], () => string> = {
  '1-9': m.vce_decided_1_9,
  '10-49': m.vce_decided_10_49,
  '50-199': m.vce_decided_50_199,
  'over-200': m.vce_decided_over_200,
}

/** What the platform knows of whoever wrote it, as coarse as it is shown. */
export const factsOf = (review: Pick<Shown, 'subscribed' | 'decided'>): string =>
  m.vce_facts({ subscribed: subscribed[review.subscribed](), decided: decided[review.decided]() })

/** Who signs it: a country at most. */
export function authorOf(country: string | null, language: string): string {
  if (!country) return m.vce_author()
  const name = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' }).of(country) ?? country
  return m.vce_author_in({ country: name })
}

export const starsLabel = (stars: number): string => m.vce_of_5({ mean: String(stars) })

const reviewReasons = {
  abusive: m.vce_report_abusive,
  'not-about-the-service': m.vce_report_not_about,
  'names-somebody': m.vce_report_names,
  untrue: m.vce_report_untrue,
  advertising: m.vce_report_advertising,
  other: m.vce_report_other,
} satisfies Record<Schemas['NewReviewReport']['reason'], () => string>

const reasons: Record<string, () => string> = {
  ...reviewReasons,
  'asks-who-i-am': m.vce_report_asks,
  'outside-the-platform': m.vce_report_outside,
}

export const reasonWord = (reason: string): string => reasons[reason]?.() ?? reason

export const reportOptions = () =>
  Object.entries(reviewReasons).map(([value, label]) => ({ value, label: label() }))
