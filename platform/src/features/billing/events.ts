import type { Money } from '@bizq/sdk/contract'
import type { AccountState, PlanName } from './plans.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'invoice.created': { invoice: string; kind: 'period' | 'change' }
    'invoice.paid': { invoice: string }
    /** `next`: when it is tried again; null when nothing is tried any more. */
    'invoice.failed': { invoice: string; attempt: number; next: string | null; reason: string }
    'plan.changed': { plan: PlanName | null; from: PlanName | null }
    'billing.paused': { because: AccountState }
    'billing.resumed': Record<string, never>
    /** Three days before: `plan` is what goes on then. */
    'trial.ending': { endsAt: string; plan: PlanName | null }
    /** The card that is charged from now on is another, or none. */
    'billing.card-changed': { brand: string | null; last4: string | null }
    /** Four fifths of what use may cost in this period are reached. */
    'usage.near-cap': { subscription: string; business: string; spent: Money; cap: Money }
    'usage.capped': { subscription: string; business: string }
  }
}
