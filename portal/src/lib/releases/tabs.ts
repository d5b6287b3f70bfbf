import { m } from '#lib/paraglide/messages.js'

/** The parts of a service, below its own page. */
export const serviceTabs: readonly { path: string; label: () => string }[] = [
  { path: '', label: m.rel_tab_overview },
  { path: '/releases', label: m.rel_tab_releases },
  { path: '/analytics', label: m.figures_title },
  { path: '/executions', label: m.runs_title },
  { path: '/subscribers', label: m.subscribers_title },
  { path: '/access', label: m.rel_tab_access },
  { path: '/listing', label: m.rel_tab_listing },
]
