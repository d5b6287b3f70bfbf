import { m } from '#lib/paraglide/messages.js'
import type { Place } from '#lib/shell/place.ts'

/** What an administrator comes for, in the order of the side bar. */
export const adminPlaces: readonly Place[] = [{ href: '/admin', label: m.place_overview }]
