import { m } from '#lib/paraglide/messages.js'

/** What a provider's organisation is told of, and in which words. None says who subscribed. */
export const providerEvents: readonly { type: string; about: () => string }[] = [
  { type: 'release.submitted', about: m.event_release_submitted },
  { type: 'release.waits-for-review', about: m.event_release_waits_for_review },
  { type: 'release.asked', about: m.event_release_asked },
  { type: 'release.handed-back', about: m.event_release_handed_back },
  { type: 'release.approved', about: m.event_release_approved },
  { type: 'release.staged', about: m.event_release_staged },
  { type: 'release.published', about: m.event_release_published },
  { type: 'release.reverted', about: m.event_release_reverted },
  { type: 'release.changed', about: m.event_release_changed },
  { type: 'release.ended', about: m.event_release_ended },
  { type: 'release.fails-certification', about: m.event_release_fails_certification },
  { type: 'platform.notice', about: m.ntc_event },
  { type: 'dispute.opened', about: m.dsp_event_opened },
  { type: 'dispute.late', about: m.dsp_event_late },
  { type: 'dispute.decided', about: m.dsp_event_decided },
  { type: 'dispute.withdrawn', about: m.dsp_event_withdrawn },
  { type: 'service.suspended', about: m.event_service_suspended },
  { type: 'service.restored', about: m.event_service_restored },
  { type: 'listing.published', about: m.event_listing_published },
  { type: 'figures.told', about: m.event_figures_told },
  { type: 'message.from-subscriber', about: m.event_message_from_subscriber },
  { type: 'review.received', about: m.vce_event_review_received },
  { type: 'review.hidden', about: m.vce_event_review_hidden },
  { type: 'review.kept', about: m.vce_event_review_kept },
  { type: 'report.decided', about: m.vce_event_report_decided },
  { type: 'thread.closed', about: m.vce_event_thread_closed },
  { type: 'transfer.made', about: m.mny_event_transfer_made },
  { type: 'transfer.refused', about: m.mny_event_transfer_refused },
  { type: 'transfer.reversed', about: m.mny_event_transfer_reversed },
  { type: 'payout.paid', about: m.mny_event_payout_paid },
  { type: 'payout.failed', about: m.mny_event_payout_failed },
  { type: 'account.changed', about: m.mny_event_account_changed },
  { type: 'availability.credited', about: m.avl_event_credited },
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
