import { m } from '#lib/paraglide/messages.js'
import type { Place } from '#lib/shell/place.ts'

/** What a certifier comes for, in the order of the side bar. */
export const certifierPlaces: readonly Place[] = [
  { href: '/certifier', label: m.cert_queue },
  { href: '/certifier/decisions', label: m.cert_history },
]
