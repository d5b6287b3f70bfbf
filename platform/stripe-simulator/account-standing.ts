import { addBankAccount } from './bank-accounts.ts'
import { planPayout } from './payouts.ts'
import { change, type World } from './world.ts'
import type { Account } from './wire.ts'

type Requirements = NonNullable<Account['requirements']>
type Reason = Requirements['disabled_reason']

/** What Stripe asks of a person before money reaches them. */
export const asked = [
  'business_type',
  'business_profile.url',
  'external_account',
  'individual.address.line1',
  'individual.dob.day',
  'individual.email',
  'individual.first_name',
  'individual.last_name',
  'tos_acceptance.date',
  'tos_acceptance.ip',
]

export const requirements = (
  due: string[],
  past: string[],
  pending: string[],
  reason: Reason,
): Requirements => ({
  alternatives: [],
  current_deadline: null,
  currently_due: due,
  disabled_reason: reason,
  errors: [],
  eventually_due: due,
  past_due: past,
  pending_verification: pending,
})

export interface Standing {
  due: string[]
  past?: string[]
  pending?: string[]
  /** Why it is disabled; what is past due disables by itself. */
  reason?: Reason
}

/** Brings an account to a standing: what is missing decides what it may do. */
export function stand(world: World, id: string, { due, past = [], pending = [], reason }: Standing): Account {
  const account = world.need('account', id)
  const disabled =
    reason ??
    (past.length > 0
      ? 'requirements.past_due'
      : pending.length > 0
        ? 'requirements.pending_verification'
        : null)
  const isEnabled = disabled === null && account.details_submitted
  const status = isEnabled ? ('active' as const) : ('inactive' as const)
  const capabilities = Object.fromEntries(
    Object.keys(account.capabilities ?? {}).map((name) => [name, status]),
  )
  const hasBank = world.under('bank_account', id).length > 0
  const changed = change(world, 'account', account, {
    capabilities,
    charges_enabled: isEnabled,
    payouts_enabled: isEnabled && hasBank,
    requirements: requirements(due, past, pending, disabled),
  })
  if (changed === account) return account
  planPayout(world, changed)
  // Told to who listens for connected accounts: it is theirs.
  world.of(id).emit('account.updated', changed)
  return changed
}

/** All that was asked has been given. */
export function completeOnboarding(
  world: World,
  id: string,
  { bankNumber }: { bankNumber: string | null },
): Account {
  const account = world.need('account', id)
  if (bankNumber && world.under('bank_account', id).length === 0)
    addBankAccount(world, account, { number: bankNumber, routing: '110000000' })
  world.put('account', {
    ...world.need('account', id),
    details_submitted: true,
    tos_acceptance: { date: world.now(), ip: '127.0.0.1', user_agent: null },
  })
  return stand(world, id, {
    due: bankNumber ? [] : ['external_account'],
    past: bankNumber ? [] : ['external_account'],
  })
}
