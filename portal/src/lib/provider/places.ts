import { m } from '#lib/paraglide/messages.js'
import type { Place } from '#lib/shell/place.ts'

/** What a provider comes for, in the order of the side bar. */
export const providerPlaces: readonly Place[] = [
  { href: '/provider', label: m.place_overview },
  { href: '/provider/services', label: m.place_services },
  { href: '/provider/earnings', also: '/provider/payouts', label: m.mny_money },
  { href: '/provider/disputes', label: m.dsp_title },
  { href: '/provider/notices', label: m.ntc_place },
  { href: '/provider/team', label: m.place_team },
  { href: '/provider/tokens', label: m.place_tokens },
  { href: '/provider/clients', label: m.place_clients },
  { href: '/provider/webhooks', label: m.place_webhooks },
  { href: '/provider/settings', label: m.place_settings },
  { href: '/provider/start', label: m.place_start },
]
