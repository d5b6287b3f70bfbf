import { m } from '#lib/paraglide/messages.js'
import type { Place } from '#lib/shell/place.ts'

/** What an administrator comes for, in the order of the side bar. */
export const adminPlaces: readonly Place[] = [
  { href: '/admin', label: m.place_overview },
  { href: '/admin/listings', also: '/admin/services', label: m.adm_place_listings },
  { href: '/admin/availability', label: m.avl_title },
  { href: '/admin/organisations', label: m.adm_place_organisations },
  { href: '/admin/disputes', label: m.adm_place_disputes },
  { href: '/admin/reviews', label: m.vce_mod_title },
  { href: '/admin/money', label: m.mny_money },
  { href: '/admin/featured', label: m.adm_place_featured },
  { href: '/admin/team', label: m.adm_place_team },
  { href: '/admin/audit', label: m.adm_place_audit },
  { href: '/admin/system', label: m.adm_place_system },
]
