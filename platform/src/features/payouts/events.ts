import type { Money } from '@bizq/sdk/contract'

type Standing = 'restricted' | 'due' | 'enabled'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** What a provider earned went to its account with Stripe. */
    'transfer.made': { transfer: string; amount: Money }
    /** Stripe did not make it; what it was made of is transferred with the next. */
    'transfer.refused': { transfer: string; amount: Money; reason: string; next: string }
    /** Of what was transferred a part was taken back: a refund or a dispute came after it. */
    'transfer.reversed': { reversal: string; transfer: string; amount: Money }
    /** Of the platform: Stripe holds too little of a currency for what is to leave to providers; once when it begins. */
    'transfers.short': { currency: string; amount: Money }
    'transfers.enough': { currency: string }
    /** It went on to the provider's bank. */
    'payout.paid': { payout: string; amount: Money }
    'payout.failed': { payout: string; amount: Money; reason: string | null }
    /** The provider's account with Stripe can do more, or less, or something is missing. */
    'account.changed': { state: Standing; missing: number; was: Standing | null }
  }
}
