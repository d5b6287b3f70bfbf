import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const at =
  (path: (own: Seed['analytics']) => string) =>
  ({ analytics }: Seed) =>
    `/portal/provider/services/${analytics.service}${path(analytics)}`

/** What a provider is told of its services. */
export const analyticsLooks: Look[] = [
  { route: 'provider', path: () => '/portal/provider', shows: 'Cash Flow Optimizer', as: 'provider' },
  {
    route: 'provider/services/[service]/analytics',
    path: at(() => '/analytics?days=90'),
    shows: 'Why proposals are rejected',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/subscribers',
    path: at(() => '/subscribers'),
    shows: /^(Fewer than five are active|Ran in the last seven days)$/,
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/executions',
    path: at(() => '/executions'),
    shows: 'log shared',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/executions',
    path: at(() => '/executions?outcome=unreachable'),
    shows: 'No execution matches',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/executions/[run]',
    path: at(({ run }) => `/executions/${run}`),
    shows: 'Shared by its subscriber, who may take it back',
    as: 'provider',
  },
]
