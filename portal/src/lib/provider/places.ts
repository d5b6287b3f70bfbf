import { m } from '#lib/paraglide/messages.js'
import type { Place } from '#lib/shell/place.ts'

/** What a provider comes for, in the order of the side bar. */
export const providerPlaces: readonly Place[] = [{ href: '/provider', label: m.place_overview }]
