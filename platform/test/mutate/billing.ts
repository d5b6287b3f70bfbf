import type { Mutation } from './mutation.ts'

const billing = 'platform/src/features/billing'
const story = [`${billing}/billing.test.ts`]
const offers = [`${billing}/offers.test.ts`]
const pure = [`${billing}/invoice/build.test.ts`]
const accounts = 'platform/migrations/0135_billing-accounts.ts'

/** What keeps an operator from paying for what was not done, twice, or more than was agreed. */
export const billingMutations: readonly Mutation[] = [
  {
    name: 'a trial of a service begins anew with each subscription',
    file: accounts,
    find: '      return ends;',
    replace: "      return case when days > 0 then starts + days * interval '24 hours' end;",
    tests: story,
    only: 'comes once for each business',
  },
  {
    name: 'who is on no plan is still served',
    file: accounts,
    find: "in ('lapsed', 'cancelled') then 'no-plan'\n        when",
    replace: "in ('none') then 'no-plan'\n        when",
    tests: story,
    only: 'without a plan',
  },
  {
    name: 'a token reads on while nothing is paid',
    file: accounts,
    find: "when 'lapsed' then 'no-plan' when",
    replace: "when 'none' then 'no-plan' when",
    tests: story,
    only: 'without a plan',
  },
  {
    name: 'services run on when grace is over',
    file: accounts,
    find: "where a.organisation_id = tenant) = 'paused' then 'unpaid'",
    replace: "where a.organisation_id = tenant) = 'none' then 'unpaid'",
    tests: story,
    only: 'a failed payment',
  },
  {
    name: 'what has reached its cap runs on',
    file: accounts,
    find: 'and c.reached_at is not null)',
    replace: 'and c.reached_at is not null and c.amount < 0)',
    tests: story,
    only: 'never beyond the cap',
  },
  {
    name: 'an action that was undone is charged',
    file: `${billing}/usage-store.ts`,
    find: ".where((eb) => eb.or([eb('undone_at', 'is', null), eb('undone_at', '>=', to)]))",
    replace: '',
    tests: story,
    only: 'use by action',
  },
  {
    name: 'use is charged beyond the cap',
    file: `${billing}/invoice/asks.ts`,
    find: 'const asked = cap === null ? amount : Math.min(amount, Math.max(0, cap - before))',
    replace: 'const asked = cap === null ? amount : Math.max(amount, Math.min(0, cap - before))',
    tests: pure,
    only: 'never charged beyond the cap',
  },
  {
    name: 'what began and never succeeded is charged',
    file: `${billing}/invoice/asks.ts`,
    find: 'price.amount === 0 || !facts.hasRun(charge.subscription_id)) return []',
    replace: 'price.amount === 0) return []',
    tests: pure,
    only: 'never succeeded nothing is asked',
  },
  {
    name: 'a month in which nothing succeeded is kept',
    file: `${billing}/invoice/take-back.ts`,
    find: "if (!hasRun) return { line: line.id, cause: 'no_execution', amount: left }",
    replace: 'if (!hasRun) return undefined',
    tests: pure,
    only: 'all is given back',
  },
  {
    name: 'what was invoiced is asked for again',
    file: `${billing}/invoice/asks.ts`,
    find: 'const from = later(charge.from_at, charge.billed_until)',
    replace: 'const from = later(charge.from_at, null)',
    tests: pure,
    only: 'not asked for again',
  },
  {
    name: 'an invoice is made anew when Stripe’s answer was lost',
    file: `${billing}/invoice/pay.ts`,
    find: "keyOf('invoice', causeOf(id, account))",
    replace: "keyOf('invoice', `${id}${Math.random()}`)",
    tests: story,
    only: 'charged once',
  },
  {
    name: 'a smaller plan’s difference is given back and counted as paid',
    file: `${billing}/take-backs.ts`,
    find: '...returned.map((each) => -each)',
    replace: '...returned.map(() => 0n)',
    tests: story,
    only: 'smaller plan',
  },
  {
    name: 'more businesses are served than the plan says',
    file: `${billing}/limits.ts`,
    find: 'if (running.length <= limit) return',
    replace: 'if (running.length >= 0) return',
    tests: story,
    only: 'no more businesses',
  },
  {
    name: 'anybody of an operator chooses its plan',
    file: `${billing}/service.ts`,
    find: "  requireOrganisationKind(actor, 'operator')\n  requireRole(actor, 'manager')",
    replace: "  requireOrganisationKind(actor, 'operator')\n  requireRole(actor, 'viewer')",
    tests: offers,
    only: 'owner or a manager',
  },
  {
    name: 'an operator makes its own coupons',
    file: `${billing}/offers.ts`,
    find: '  requireAdmin(unit.actor)\n  const row = await store.insertCoupon',
    replace: '  const row = await store.insertCoupon',
    tests: offers,
    only: 'a bundle and a coupon',
  },
  {
    name: 'a coupon counts for ever',
    file: `${billing}/invoice/write.ts`,
    find: "kind === 'period' ? built.coupons : []",
    replace: "kind === 'period' ? [] : built.coupons",
    tests: offers,
    only: 'a bundle and a coupon',
  },
  {
    name: 'an operator reads the invoices of another',
    file: 'platform/migrations/0136_invoices.ts',
    find: '`revoke update on bizq.credit_entries, bizq.take_backs from bizq_app`,',
    replace:
      '`revoke update on bizq.credit_entries, bizq.take_backs from bizq_app`, `alter table bizq.invoices disable row level security`,',
    tests: story,
    only: 'another organisation sees nothing',
  },
]
