import type { Money } from '@bizq/sdk/contract'

type Standing = 'restricted' | 'due' | 'enabled'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** What a provider earned went to its account with Stripe. */
    'transfer.made': { transfer: string; amount: Money }
    /** Stripe did not make it; what it was made of is transferred with the next. */
    'transfer.refused': { transfer: string; amount: Money; reason: string; next: string }
    /** It went on to the provider's bank. */
    'payout.paid': { payout: string; amount: Money }
    'payout.failed': { payout: string; amount: Money; reason: string | null }
    /** The provider's account with Stripe can do more, or less, or something is missing. */
    'account.changed': { state: Standing; missing: number; was: Standing | null }
  }
}
