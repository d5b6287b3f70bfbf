import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '#lib/server/api.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:actions')
  const page = need(await listSubscriptions(locals.api, { business: params.business, limit: 100 }), url)
  return { subscriptions: page.items }
}
