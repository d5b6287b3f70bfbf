import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const at =
  (path: (own: Seed['money']) => string) =>
  ({ money }: Seed) =>
    `/portal${path(money)}`

/** What of the portal is about money. */
export const portalMoneyLooks: Look[] = [
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
