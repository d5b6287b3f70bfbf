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
    'usage.capped': { subscription: string; business: string }
  }
}
