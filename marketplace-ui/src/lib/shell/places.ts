import Building2 from '@lucide/svelte/icons/building-2'
import CircleCheckBig from '@lucide/svelte/icons/circle-check-big'
import Ellipsis from '@lucide/svelte/icons/ellipsis'
import Store from '@lucide/svelte/icons/store'
import { m } from '#lib/paraglide/messages.js'

const morePaths = [
  '/more',
  '/billing',
  '/policies',
  '/audit',
  '/team',
  '/tokens',
  '/outbox',
  '/webhooks',
  '/messages',
  '/platform',
  '/carry-over',
  '/tasks',
  '/settings',
]

/** The four places of the app, and which one a path belongs to. */
export const places = [
  {
    href: '/',
    label: m.place_decide,
    icon: CircleCheckBig,
    owns: (path: string) => path === '/' || path.startsWith('/actions'),
  },
  {
    href: '/businesses',
    label: m.place_businesses,
    icon: Building2,
    owns: (path: string) => path.startsWith('/businesses'),
  },
  {
    href: '/services',
    label: m.place_services,
    icon: Store,
    owns: (path: string) =>
      ['/services', '/subscriptions', '/executions'].some((start) => path.startsWith(start)),
  },
  {
    href: '/more',
    label: m.place_more,
    icon: Ellipsis,
    owns: (path: string) => morePaths.some((start) => path.startsWith(start)),
  },
] as const

/** What stands under More, with a line that says what for. */
export const morePlaces = [
  { href: '/policies', label: m.more_policies, note: m.more_policies_note },
  { href: '/billing', label: m.more_billing, note: m.more_billing_note },
  { href: '/carry-over', label: m.more_carry_over, note: m.more_carry_over_note },
  { href: '/tasks', label: m.more_tasks, note: m.more_tasks_note },
  { href: '/messages', label: m.messages, note: m.more_messages_note },
  { href: '/platform', label: m.platform_title, note: m.platform_note },
  { href: '/outbox', label: m.more_outbox, note: m.more_outbox_note },
  { href: '/webhooks', label: m.more_webhooks, note: m.more_webhooks_note },
  { href: '/audit', label: m.more_audit, note: m.more_audit_note },
  { href: '/team', label: m.more_team, note: m.more_team_note },
  { href: '/tokens', label: m.more_tokens, note: m.more_tokens_note },
  { href: '/settings', label: m.more_settings, note: m.more_settings_note },
] as const
