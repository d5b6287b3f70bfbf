import { isDisconnected, type Stripe, type StripeClient } from '../../stripe/client.ts'
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
  account: Pick<Stripe.Account, 'capabilities' | 'details_submitted' | 'payouts_enabled' | 'requirements'>,
): Standing {
  const { capabilities, payouts_enabled: isPaidOut, requirements } = account
  const pastDue = requirements?.past_due ?? []
  const asked = [...new Set([...pastDue, ...(requirements?.currently_due ?? [])])]
  // Of an account that was never handed in Stripe calls all of it past due: nothing of it is late.
  const late = new Set(account.details_submitted ? pastDue : [])
  const canBePaid = capabilities?.transfers === 'active' && isPaidOut
  const deadline = requirements?.current_deadline ?? null
  return {
    state: canBePaid ? (asked.length === 0 ? 'enabled' : 'due') : 'restricted',
    canBePaid,
    missing: asked.map((name) => ({ name, isLate: late.has(name) })),
    reason: account.details_submitted ? (requirements?.disabled_reason ?? null) : null,
    dueAt: deadline === null ? null : new Date(deadline * 1_000),
  }
}

/** Of an account that Stripe lets the marketplace do nothing with any more: it was removed, or its owner took that back. */
const disconnected: Standing = {
  state: 'restricted',
  canBePaid: false,
  missing: [],
  reason: 'disconnected',
  dueAt: null,
}

/** Asks Stripe where an account stands. */
export function askStanding(stripe: StripeClient, account: string): Promise<Standing> {
  return stripe.accounts.retrieve(account).then(standingOf, (error: unknown) => {
    if (isDisconnected(error)) return disconnected
    throw error
  })
}
