import type { DatasetName } from '@bizq/sdk/contract'

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
    'fence.changed': { business: string; dataset: DatasetName; isFenced: boolean }
  }
}
