import type { Mutation } from './mutation.ts'

const stripeClock = 'platform/src/features/billing/stripe-clock.ts'
const ofCustomers = ['platform/src/features/billing/stripe-clock.test.ts']
const ofProviders = ['platform/src/features/payouts/clock.test.ts']
const payouts = 'platform/src/features/payouts'

/** What keeps test clocks away from real money, and what is asked of Stripe asked once, whatever a clock says. */
export const clockMutations: readonly Mutation[] = [
  {
    name: 'who pays real money is on a test clock',
    file: stripeClock,
    find: "stripe.mode === 'test' || stripe.mode === 'simulator'",
    replace: "stripe.mode !== 'off'",
    tests: ofCustomers,
    only: 'real money knows no',
  },
  {
    name: 'a second test clock is made when Stripe’s answer was lost',
    file: stripeClock,
    find: "keyOf('clock', id, lost || undefined)",
    replace: "keyOf('clock', `${id}${Math.random()}`)",
    tests: ofCustomers,
    only: 'whatever is lost on the way',
  },
  {
    name: 'a test clock is sent farther than Stripe lets it go',
    file: stripeClock,
    find: 'Math.min(target, clock.frozen_time + farthest)',
    replace: 'target + 0 * farthest',
    tests: ofCustomers,
    only: 'years behind',
  },
  {
    name: 'who went from Stripe with a test clock is asked for as before',
    file: 'platform/src/features/billing/lost-customer.ts',
    find: '      stripe_customer: null,\n',
    replace: '',
    tests: ofCustomers,
    only: 'when Stripe removes a clock',
  },
  {
    name: 'a provider’s clock is put ahead where real money moves',
    file: `${payouts}/account.ts`,
    find: "if (deps.stripe.mode === 'live')",
    replace: "if (deps.stripe.mode === 'off')",
    tests: ofProviders,
    only: 'a clock is put ahead by who may',
  },
  {
    name: 'a transfer of a provider who is ahead is lost with the process that planned it',
    file: `${payouts}/transfer-store.ts`,
    find: "      .where('decided_at', '<', before)",
    replace: "      .where('planned_at', '<', before)",
    tests: ofProviders,
    only: 'asked for again, however far ahead',
  },
  {
    name: 'a program learns of payments that it may not read',
    file: 'platform/src/features/notifications/notices.ts',
    find: "if (!scopes.includes('*') && !scopes.includes('billing:read')) return []",
    replace: 'if (scopes.length === 0) return []',
    tests: ['platform/src/features/notifications/money.test.ts'],
    only: 'a program that may not read',
  },
]
