import { billingSyncs } from './features/billing/index.ts'
import { payoutSyncs } from './features/payouts/index.ts'
import { disputeSync, refundSync } from './features/refunds/index.ts'
import type { StripeSync } from './stripe/sync.ts'

/** Who is told that an object of Stripe's may have changed. */
export const stripeSyncs: readonly StripeSync[] = [...billingSyncs, ...payoutSyncs, refundSync, disputeSync]
