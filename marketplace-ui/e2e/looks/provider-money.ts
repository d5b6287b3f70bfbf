import type { Page } from '@playwright/test'
import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const portal = (path: string) => () => `/portal${path}`
const openPostings = {
  what: 'postings open',
  run: (page: Page) => page.locator('main li details summary').first().click(),
}
const sold = '/admin/money/ledger/entries?account=unsettled_sales&kind=settled&causeType=earning&currency=USD'

/** What providers see of what they earn and of how it reaches them. */
const providerLooks: Look[] = [
  {
    route: 'provider/earnings',
    path: portal('/provider/earnings'),
    shows: 'Yours by month, USD',
    as: 'provider',
  },
  {
    route: 'provider/earnings',
    path: ({ sales }: Seed) => `/portal/provider/earnings?month=${sales.month}`,
    shows: 'Together, USD',
    as: 'provider',
  },
  {
    route: 'provider/earnings/statements/[month]',
    path: ({ sales }: Seed) => `/portal/provider/earnings/statements/${sales.month}`,
    shows: 'refunds, card disputes, downtime',
    as: 'provider',
  },
  {
    route: 'provider/earnings/statements/[month]',
    path: portal('/provider/earnings/statements/2020-02'),
    shows: 'Nothing moved in this month',
    as: 'provider',
  },
  { route: 'provider/payouts', path: portal('/provider/payouts'), shows: 'Kept for you', as: 'provider' },
  {
    route: 'provider/payouts/onboarding',
    path: portal('/provider/payouts/onboarding'),
    shows: 'On Stripe’s own page',
    as: 'provider',
  },
  {
    route: 'provider/earnings',
    path: portal('/provider/earnings'),
    shows: 'Nothing earned yet',
    as: 'unpaid',
  },
  {
    route: 'provider/payouts',
    path: portal('/provider/payouts'),
    shows: 'A bank account to be paid to',
    as: 'unpaid',
  },
  {
    route: 'provider/payouts/onboarding',
    path: portal('/provider/payouts/onboarding'),
    shows: 'A bank account to be paid to',
    as: 'unpaid',
  },
  {
    route: 'provider/payouts',
    path: portal('/provider/payouts'),
    shows: 'Begin a new account',
    as: 'lost',
  },
  {
    route: 'provider/earnings',
    path: portal('/provider/earnings'),
    shows: 'Your account with Stripe is disconnected',
    as: 'lost',
  },
  {
    route: 'provider/payouts',
    path: portal('/provider/payouts'),
    shows: 'Accounts before this one',
    as: 'anew',
  },
  {
    route: 'provider/payouts/onboarding',
    path: portal('/provider/payouts/onboarding'),
    shows: 'A new account is begun',
    as: 'anew',
  },
]

/** What administrators see of everybody's. */
const adminLooks: Look[] = [
  { route: 'admin/money', path: portal('/admin/money'), shows: 'Sold by month, USD', as: 'admin' },
  { route: 'admin/money', path: portal('/admin/money'), shows: 'what Stripe has for it', as: 'admin' },
  { route: 'admin/money/refunds', path: portal('/admin/money/refunds'), shows: 'By hand', as: 'admin' },
  {
    route: 'admin/money/refunds',
    path: ({ sales }: Seed) => `/portal/admin/money/refunds?line=${sales.line}`,
    shows: 'Give it back',
    as: 'admin',
  },
  {
    route: 'admin/money/refunds',
    path: portal('/admin/money/refunds?line=inl_none'),
    shows: 'There is no such line',
    as: 'admin',
  },
  {
    route: 'admin/money/card-disputes',
    path: portal('/admin/money/card-disputes'),
    shows: 'Evidence handed in',
    as: 'admin',
  },
  {
    route: 'admin/money/offers',
    path: portal('/admin/money/offers'),
    shows: 'FRIENDS-FOR-LIFE',
    as: 'admin',
  },
  {
    route: 'admin/money/ledger',
    path: portal('/admin/money/ledger'),
    shows: 'Every movement of money',
    as: 'admin',
  },
  {
    route: 'admin/money/ledger',
    path: portal('/admin/money/ledger?account=provider_payable'),
    shows: 'Open Ledger Works',
    as: 'admin',
  },
  { route: 'admin/money/ledger/entries', path: portal(sold), shows: 'What they come to', as: 'admin' },
  {
    route: 'admin/money/ledger/entries',
    path: portal(sold),
    shows: 'What they come to',
    as: 'admin',
    act: openPostings,
  },
  {
    route: 'admin/money/ledger/causes/[type]/[id]',
    path: ({ sales }: Seed) => `/portal/admin/money/ledger/causes/invoice_line/${sales.line}`,
    shows: 'Follows from',
    as: 'admin',
  },
  {
    route: 'admin/money/ledger/causes/[type]/[id]',
    path: ({ money }: Seed) => `/portal/admin/money/ledger/causes/${money.cause}`,
    shows: 'What followed',
    as: 'admin',
  },
  { route: 'admin/money/stripe', path: portal('/admin/money/stripe'), shows: 'Found later', as: 'admin' },
  {
    route: 'admin/money/stripe',
    path: portal('/admin/money/stripe'),
    shows: 'Could not be followed',
    as: 'admin',
  },
]

/** What of the portal is about money. */
export const portalMoneyLooks: Look[] = [...providerLooks, ...adminLooks]
