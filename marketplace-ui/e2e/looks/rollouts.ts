import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const at =
  (path: (own: Seed['rollouts']) => string) =>
  ({ rollouts }: Seed) =>
    `/portal/provider/services/${rollouts.service}${path(rollouts)}`

/** A provider's services and releases. */
export const rolloutLooks: Look[] = [
  {
    route: 'provider/services',
    path: () => '/portal/provider/services',
    shows: '1.0.1 runs for some',
    as: 'provider',
  },
  { route: 'provider/services/[service]', path: at(() => ''), shows: 'Link of the listing', as: 'provider' },
  {
    route: 'provider/services/[service]/releases',
    path: at(() => '/releases'),
    shows: 'It asks for nothing more than 1.0.0',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/releases/new',
    path: at(() => '/releases/new'),
    shows: 'Begin with a canary',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/releases/[release]',
    path: at(({ canary }) => `/releases/${canary}`),
    shows: 'Too few to show',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/releases/[release]',
    path: at(({ offered }) => `/releases/${offered}`),
    shows: 'Deprecate it',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/access',
    path: at(() => '/access'),
    shows: 'Harbour, for tests',
    as: 'provider',
  },
]

/** What an operator does with a provider's code. */
export const codeLooks: Look[] = [
  { route: '(app)/services/code', path: () => '/services/code', shows: 'Use the code' },
]
