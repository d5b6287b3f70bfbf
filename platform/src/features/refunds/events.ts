import type { RefundCause } from './schemas.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /**
     * Booked: on its way to the card, or account credit already. Minor units: `amount` is what came to the operator with
     * its tax (below 0: a bank took it away again), `credit` what of the plan's and granted credit can be used again, the
     * plan's until `until`.
     */
    'refund.made': {
      refund: string
      invoice: string
      cause: RefundCause
      amount: number
      credit: number
      until: string | null
      currency: string
    }
    /** The card did not take it; it became account credit. */
    'refund.failed': { refund: string; invoice: string }
    /** Of the platform's own: a cardholder's bank asks for, took or returned money. */
    'card-dispute.changed': { dispute: string; invoice: string; status: string }
  }
}
