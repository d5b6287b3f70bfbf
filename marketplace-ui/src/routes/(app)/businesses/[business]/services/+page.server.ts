import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '@bizq/app-kit/server.ts'
import { withResults } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:actions')
  const page = await listSubscriptions(locals.api, { business: params.business, limit: 100 })
  return { subscriptions: await withResults(locals.api, need(page, url).items, params.business) }
}
