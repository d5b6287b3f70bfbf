import { chosenOf } from '#lib/server/api.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  const me = await event.locals.me()
  return {
    organisations: me.memberships.filter(({ kind }) => kind === 'provider'),
    chosen: chosenOf(event, me, 'provider'),
  }
}
