import type { Look } from './look.ts'

/** What of the portal belongs to no one role. */
export const portalShellLooks: Look[] = [
  { route: '', path: () => '/portal', shows: 'Certifier', as: 'provider' },
  { route: 'provider/start', path: () => '/portal/provider', shows: 'Become a provider', as: 'newcomer' },
]
