import { listActions } from '#lib/api/actions.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '#lib/server/api.ts'
import { withResults } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:actions')
  const [page, recent] = await Promise.all([
    listSubscriptions(locals.api, { business: params.business, limit: 100 }),
    listActions(locals.api, { business: params.business, limit: 200 }),
  ])
  return { subscriptions: withResults(need(page, url).items, recent.data?.items ?? []) }
}
