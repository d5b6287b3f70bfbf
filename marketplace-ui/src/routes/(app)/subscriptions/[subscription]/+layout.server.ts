import { getSubscription } from '#lib/api/subscriptions.ts'
import { need } from '#lib/server/api.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:actions')
  return { subscription: need(await getSubscription(locals.api, params.subscription), url) }
}
