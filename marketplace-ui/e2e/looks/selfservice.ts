import type { Seed } from '../product.ts'
import type { Look } from './look.ts'
import { press } from './look.ts'

const at =
  (path: (own: Seed['selfservice']) => string) =>
  ({ selfservice }: Seed) =>
    `/portal/provider${path(selfservice)}`

/** What a provider runs by itself. */
export const selfserviceLooks: Look[] = [
  {
    route: 'provider/start',
    path: at(() => '/start'),
    shows: 'Try it on an invented business',
    as: 'provider',
  },
  { route: 'provider/team', path: at(() => '/team'), shows: 'ines@tidewater.example', as: 'provider' },
  { route: 'provider/tokens', path: at(() => '/tokens'), shows: 'Continuous integration', as: 'provider' },
  { route: 'provider/clients', path: at(() => '/clients'), shows: 'Ledger server', as: 'provider' },
  {
    route: 'provider/clients',
    path: at(() => '/clients'),
    shows: 'Ledger server',
    as: 'provider',
    act: press('Make a key pair in this browser'),
  },
  {
    route: 'provider/clients/[client]',
    path: at(({ client }) => `/clients/${client}`),
    shows: 'Rotate the key',
    as: 'provider',
  },
  {
    route: 'provider/clients/signing/[service]',
    path: at(({ service }) => `/clients/signing/${service}`),
    shows: 'Signs now',
    as: 'provider',
  },
  {
    route: 'provider/webhooks',
    path: at(() => '/webhooks'),
    shows: 'https://hooks.tidewater.example/bizq',
    as: 'provider',
  },
  {
    route: 'provider/webhooks/[endpoint]',
    path: at(({ endpoint }) => `/webhooks/${endpoint}`),
    shows: 'endpoint.tried',
    as: 'provider',
  },
  {
    route: 'provider/webhooks/[endpoint]/[delivery]',
    path: at(({ endpoint, delivery }) => `/webhooks/${endpoint}/${delivery}`),
    shows: 'What was sent',
    as: 'provider',
  },
  { route: 'provider/settings', path: at(() => '/settings'), shows: 'Support contact', as: 'provider' },
  {
    route: 'provider/services/[service]/listing',
    path: at(({ service }) => `/services/${service}/listing`),
    shows: 'As operators see it',
    as: 'provider',
  },
]

/** What of the operators' app shows what providers made. */
export const reportLooks: Look[] = [
  {
    route: '(app)/subscriptions/[subscription]/report',
    path: ({ receivables }) => `/subscriptions/${receivables}/report`,
    shows: 'Reminders proposed',
  },
]
