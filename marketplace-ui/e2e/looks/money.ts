import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const at =
  (path: (own: Seed['money']) => string) =>
  ({ money }: Seed) =>
    `/portal${path(money)}`

/** What operators see of what they pay. */
export const billingLooks: Look[] = [
  { route: '(app)/billing', path: () => '/billing', shows: 'The next invoice' },
  {
    route: '(app)/billing/plan',
    path: () => '/billing/plan?plan=enterprise',
    shows: 'Enterprise: what it comes to',
  },
  { route: '(app)/billing/invoices', path: () => '/billing/invoices', shows: 'To your card' },
  {
    route: '(app)/billing/invoices/[invoice]',
    path: ({ money }) => `/billing/invoices/${money.invoice}`,
    shows: 'Your organisation',
  },
  { route: '(app)/billing/costs', path: () => '/billing/costs', shows: 'Costs and savings' },
]

/** What of the portal is about money. */
export const portalMoneyLooks: Look[] = [
  { route: 'provider/earnings', path: at(() => '/provider/earnings'), shows: 'Earnings', as: 'provider' },
  {
    route: 'provider/earnings/statements/[month]',
    path: at(({ month }) => `/provider/earnings/statements/${month}`),
    shows: 'Statement of',
    as: 'provider',
  },
  { route: 'provider/payouts', path: at(() => '/provider/payouts'), shows: 'Kept for you', as: 'provider' },
  {
    route: 'provider/payouts/onboarding',
    path: at(() => '/provider/payouts/onboarding'),
    shows: 'On Stripe’s own page',
    as: 'provider',
  },
  { route: 'admin/money', path: at(() => '/admin/money'), shows: 'take rate', as: 'admin' },
  {
    route: 'admin/money/refunds',
    path: at(() => '/admin/money/refunds'),
    shows: 'Give money back',
    as: 'admin',
  },
  {
    route: 'admin/money/card-disputes',
    path: at(() => '/admin/money/card-disputes'),
    shows: 'No bank asks',
    as: 'admin',
  },
  { route: 'admin/money/offers', path: at(() => '/admin/money/offers'), shows: 'SPRING-25', as: 'admin' },
  {
    route: 'admin/money/ledger',
    path: at(() => '/admin/money/ledger'),
    shows: 'Every movement of money',
    as: 'admin',
  },
  {
    route: 'admin/money/ledger/entries',
    path: at(() => '/admin/money/ledger/entries'),
    shows: 'Entries',
    as: 'admin',
  },
  {
    route: 'admin/money/ledger/causes/[type]/[id]',
    path: at(({ cause }) => `/admin/money/ledger/causes/${cause}`),
    shows: 'Follows from',
    as: 'admin',
  },
  {
    route: 'admin/money/stripe',
    path: at(() => '/admin/money/stripe'),
    shows: 'Found later',
    as: 'admin',
  },
]
