import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const at =
  (path: (own: Seed['administration']) => string) =>
  ({ administration }: Seed) =>
    `/portal${path(administration)}`

/** What runs the marketplace, and what it says to providers. */
export const adminLooks: Look[] = [
  { route: 'admin', path: at(() => '/admin?days=7'), shows: 'Active subscriptions', as: 'admin' },
  {
    route: 'admin/listings',
    path: at(() => '/admin/listings'),
    shows: 'Receivables Accelerator',
    as: 'admin',
  },
  {
    route: 'admin/availability',
    path: at(() => '/admin/availability'),
    shows: 'the least available first',
    as: 'admin',
  },
  {
    route: 'admin/services/[service]',
    path: at(({ service }) => `/admin/services/${service}`),
    shows: 'Answer the objection',
    as: 'admin',
  },
  {
    route: 'admin/organisations',
    path: at(() => '/admin/organisations'),
    shows: 'Linden & Söhne',
    as: 'admin',
  },
  {
    route: 'admin/organisations/[organisation]',
    path: at(({ organisation }) => `/admin/organisations/${organisation}`),
    shows: 'Stop the organisation',
    as: 'admin',
  },
  { route: 'admin/disputes', path: at(() => '/admin/disputes'), shows: 'Inventory Planner', as: 'admin' },
  {
    route: 'admin/disputes/[dispute]',
    path: at(({ dispute }) => `/admin/disputes/${dispute}`),
    shows: 'Decide it',
    as: 'admin',
  },
  { route: 'admin/featured', path: at(() => '/admin/featured'), shows: 'On the page now', as: 'admin' },
  {
    route: 'admin/audit',
    path: at(() => '/admin/audit?action=featured.create'),
    shows: 'featured.create',
    as: 'admin',
  },
  { route: 'admin/system', path: at(() => '/admin/system'), shows: 'The database answers', as: 'admin' },
  { route: 'admin/team', path: at(() => '/admin/team'), shows: 'Cleo Marchetti', as: 'admin' },
  {
    route: 'provider/disputes',
    path: at(() => '/provider/disputes'),
    shows: 'Inventory Planner',
    as: 'provider',
  },
  {
    route: 'provider/disputes/[dispute]',
    path: at(({ dispute }) => `/provider/disputes/${dispute}`),
    shows: 'What the operator says',
    as: 'provider',
  },
  {
    route: 'provider/notices',
    path: at(() => '/provider/notices'),
    shows: 'Send the objection',
    as: 'provider',
  },
]

/** What operators see of it. */
export const disputeLooks: Look[] = [
  { route: '(app)/platform', path: () => '/platform', shows: 'No notice' },
  {
    route: '(app)/subscriptions/[subscription]/disputes',
    path: ({ receivables }) => `/subscriptions/${receivables}/disputes`,
    shows: 'Something is wrong with this service',
  },
]
