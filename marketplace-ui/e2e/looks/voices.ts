import type { Seed } from '../product.ts'
import type { Look } from './look.ts'
import { press } from './look.ts'

const at =
  (path: (own: Seed['voices']) => string) =>
  ({ voices }: Seed) =>
    path(voices)

/** What operators say of services and write to their providers. */
export const voicesLooks: Look[] = [
  {
    route: '(app)/services/[service]/reviews',
    path: at(({ service }) => `/services/${service}/reviews`),
    shows: 'nobody loses sleep',
  },
  {
    route: '(app)/subscriptions/[subscription]/review',
    path: at(({ reviewed }) => `/subscriptions/${reviewed}/review`),
    shows: 'Change your review',
    act: press('See what others would read'),
  },
  {
    route: '(app)/subscriptions/[subscription]/review',
    path: at(({ unreviewed }) => `/subscriptions/${unreviewed}/review`),
    shows: /Not yet|Write a review/,
  },
  {
    route: '(app)/subscriptions/[subscription]/messages',
    path: at(({ written }) => `/subscriptions/${written}/messages`),
    shows: 'What does it need to see',
  },
  { route: '(app)/messages', path: () => '/messages', shows: 'Cash Flow Optimizer' },
]

const portal = (path: (own: Seed['voices']) => string) => at((own) => `/portal${path(own)}`)

/** What a provider answers, and what the marketplace decides on. */
export const portalVoicesLooks: Look[] = [
  {
    route: 'provider/services/[service]/reviews',
    path: portal(({ service }) => `/provider/services/${service}/reviews`),
    shows: 'nobody loses sleep',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/messages',
    path: portal(({ service }) => `/provider/services/${service}/messages`),
    shows: 'Subscriber',
    as: 'provider',
  },
  {
    route: 'provider/services/[service]/messages/[subscriber]',
    path: portal(({ service, subscriber }) => `/provider/services/${service}/messages/${subscriber}`),
    shows: 'What does it need to see',
    as: 'provider',
  },
  {
    route: 'admin/reviews',
    path: portal(() => '/admin/reviews'),
    shows: 'It is not about the service',
    as: 'admin',
  },
  {
    route: 'admin/reviews/[review]',
    path: portal(({ review }) => `/admin/reviews/${review}`),
    shows: 'What it said before',
    as: 'admin',
  },
  {
    route: 'admin/reviews/conversations/[report]',
    path: portal(({ report }) => `/admin/reviews/conversations/${report}`),
    shows: 'Which of my bills do you look at?',
    as: 'admin',
  },
]
