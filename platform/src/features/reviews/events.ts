import type { ReportReason } from './schemas.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** Of the author's organisation. */
    'review.saved': { review: string; subscription: string; service: string }
    'review.withdrawn': { review: string; subscription: string; service: string }
    /** Of the provider's organisation: somebody wrote, edited or took back a review of its service. */
    'review.received': { review: string; service: string; stars: number | null }
    /** Of the author's: the provider wrote or took back an answer. */
    'review.answered': { review: string; subscription: string; isAnswered: boolean }
    'review.reported': { review: string; reason: ReportReason }
    /** Of the author's and of the provider's: what the marketplace decided, and why. */
    'review.hidden': { review: string; service: string; reason: string }
    'review.kept': { review: string; service: string; reason: string }
    /** Of whoever reported it. */
    'report.decided': { report: string; decision: 'hidden' | 'kept' | 'closed' | 'dismissed'; reason: string }
  }
}
