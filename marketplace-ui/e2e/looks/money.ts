import type { Look } from './look.ts'

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
