import { getBusiness } from '#lib/api/businesses.ts'
import { getSubscription } from '#lib/api/subscriptions.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions')
  const subscription = need(await getSubscription(locals.api, params.subscription), url)
  return { subscription, business: need(await getBusiness(locals.api, subscription.business), url) }
}
