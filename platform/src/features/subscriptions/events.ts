import type { DatasetName, StateOf } from '@bizq/sdk/contract'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'subscription.created': { subscription: string; business: string; service: string; release: string }
    'subscription.changed': { subscription: string; business: string; changed: string[] }
    'subscription.paused': { subscription: string; business: string }
    'subscription.resumed': { subscription: string; business: string }
    /** Its stored inputs are to be deleted. */
    'subscription.cancelled': { subscription: string; business: string; service: string }
    'subscription.upgraded': { subscription: string; business: string; release: string; from: string }
    /** A release asks for more than was agreed to: the operator is to look at it. */
    'subscription.waits-for-consent': {
      subscription: string
      business: string
      release: string
      reasons: string[]
    }
    /** It was taken back to the release that it had before. */
    'subscription.returned': {
      subscription: string
      business: string
      release: string
      from: string
      reason: string
    }
    /** Its release is deprecated, suspended, withdrawn, or offered again. */
    'subscription.release-changed': {
      subscription: string
      business: string
      release: string
      version: string
      state: StateOf<'release'>
      notice: string | null
      endsAt: string | null
    }
    /** Its release came to its end, and it with it. */
    'subscription.ended': { subscription: string; business: string; release: string; reason: string }
    /** A consent to personal data was taken back: what was kept of it is to be erased. Fields as `customers.email`. */
    'subscription.personal-withdrawn': { subscription: string; business: string; fields: string[] }
    'fence.changed': { business: string; dataset: DatasetName; isFenced: boolean }
  }
}
