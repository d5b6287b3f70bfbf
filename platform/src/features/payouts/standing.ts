import type { Stripe } from '../../stripe/client.ts'
import type { AccountState, Requirement } from './account-store.ts'

export interface Standing {
  state: AccountState
  canBePaid: boolean
  missing: Requirement[]
  reason: string | null
  dueAt: Date | null
}

/**
 * Where an account stands. Enabled: it is paid, and Stripe asks for nothing. Due: it is paid, and Stripe asks for
 * something by a day. Restricted: it is not paid.
 */
export function standingOf(
  account: Pick<Stripe.Account, 'capabilities' | 'payouts_enabled' | 'requirements'>,
): Standing {
  const { capabilities, payouts_enabled: isPaidOut, requirements } = account
  const late = new Set(requirements?.past_due ?? [])
  const asked = [...new Set([...late, ...(requirements?.currently_due ?? [])])]
  const canBePaid = capabilities?.transfers === 'active' && isPaidOut
  const deadline = requirements?.current_deadline ?? null
  return {
    state: canBePaid ? (asked.length === 0 ? 'enabled' : 'due') : 'restricted',
    canBePaid,
    missing: asked.map((name) => ({ name, isLate: late.has(name) })),
    reason: requirements?.disabled_reason ?? null,
    dueAt: deadline === null ? null : new Date(deadline * 1_000),
  }
}
