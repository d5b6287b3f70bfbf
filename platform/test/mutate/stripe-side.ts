import type { Mutation } from './mutation.ts'

const billing = 'platform/src/features/billing'
const tests = [`${billing}/stripe-side.test.ts`]

/** What people do at Stripe itself must come to the same end here: money booked where it is, once, and nobody stuck. */
export const stripeSide: readonly Mutation[] = [
  {
    name: 'what is paid after it was written off is not booked',
    file: `${billing}/invoice/paid.ts`,
    find: "row.state === 'paid' || row.state === 'void'",
    replace: "(row.state !== 'draft' && row.state !== 'open')",
    tests,
    only: 'written off and is paid later',
  },
  {
    name: 'credit is used twice by writing its invoice off and paying it',
    file: `${billing}/invoice/reopened.ts`,
    find: 'account: Math.min(left.account, row.account_credit),',
    replace: 'account: Math.min(0, row.account_credit),',
    tests,
    only: 'credit that an invoice had used',
  },
  {
    name: 'more credit is used again than is left',
    file: `${billing}/invoice/reopened.ts`,
    find: 'account: Math.min(left.account, row.account_credit),',
    replace: 'account: row.account_credit,',
    tests,
    only: 'credit that an invoice had used',
  },
  {
    name: 'what was paid outside Stripe is booked as money with Stripe',
    file: `${billing}/invoice/paid.ts`,
    find: "account: isOutside ? 'bad_debt' : 'stripe_balance',",
    replace: "account: 'stripe_balance',",
    tests,
    only: 'paid outside Stripe',
  },
  {
    name: 'what was paid outside Stripe is to go back to a card',
    file: 'platform/src/features/refunds/plan.ts',
    find: "isPaidOutside(open.row) ? 'account_credit' : planned.way",
    replace: 'planned.way',
    tests,
    only: 'paid outside Stripe',
  },
  {
    name: 'who subscribes while a launch provider is named is not waited for',
    file: 'platform/src/features/payouts/launch.ts',
    find: '  await store.holdNumbers(unit.tx, provider)\n',
    replace: '',
    tests,
    only: 'named a launch provider',
  },
  {
    name: 'who subscribes does not say so to who names a launch provider',
    file: 'platform/migrations/0175_numbers-while-named.ts',
    find: "perform pg_advisory_xact_lock_shared(hashtextextended('launch ' || provider::text, 0));",
    replace: '',
    tests,
    only: 'named a launch provider',
  },
]
