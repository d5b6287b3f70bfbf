import { m } from '#lib/paraglide/messages.js'

/** The parts of a service, below its own page. */
export const serviceTabs: readonly { path: string; label: () => string }[] = [
  { path: '', label: m.rel_tab_overview },
  { path: '/releases', label: m.rel_tab_releases },
  { path: '/access', label: m.rel_tab_access },
  { path: '/listing', label: m.rel_tab_listing },
  { path: '/analytics', label: m.rel_tab_analytics },
  { path: '/subscribers', label: m.rel_tab_subscribers },
  { path: '/executions', label: m.rel_tab_executions },
  { path: '/reviews', label: m.rel_tab_reviews },
  { path: '/messages', label: m.rel_tab_messages },
]
