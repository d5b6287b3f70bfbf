import { readPaymentsMode } from '#lib/server/api.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  const { user, memberships } = await event.locals.me()
  return { user, memberships, paymentsMode: await readPaymentsMode(event) }
}
