import { m } from '#lib/paraglide/messages.js'

/** What a provider's organisation is told of, and in which words. None says who subscribed. */
export const providerEvents: readonly { type: string; about: () => string }[] = [
  { type: 'release.submitted', about: m.event_release_submitted },
  { type: 'release.published', about: m.event_release_published },
  { type: 'release.changed', about: m.event_release_changed },
  { type: 'listing.published', about: m.event_listing_published },
  { type: 'audit.head', about: m.event_audit_head },
]

const states: Record<string, () => string> = {
  pending: m.delivery_pending,
  delivered: m.delivery_delivered,
  retrying: m.delivery_retrying,
  failed: m.delivery_failed,
}
export const deliveryWord = (state: string): string => states[state]?.() ?? state

export function deliveryTone(state: string): 'good' | 'wait' | 'bad' | 'plain' {
  if (state === 'delivered') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'retrying' ? 'wait' : 'plain'
}
