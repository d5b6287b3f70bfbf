import { listActions } from '#lib/api/actions.ts'
import { getCashForecast, getInsight } from '#lib/api/businesses.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { withResults } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, depends }) => {
  depends('bizq:imports', 'bizq:actions')
  const [insight, forecast, subscriptions, open, recent] = await Promise.all([
    getInsight(locals.api, params.business),
    getCashForecast(locals.api, params.business),
    listSubscriptions(locals.api, { business: params.business, limit: 50 }),
    listActions(locals.api, { business: params.business, state: 'proposed', sort: 'money', limit: 3 }),
    listActions(locals.api, { business: params.business, limit: 200 }),
  ])
  return {
    insight: insight.data ?? null,
    forecast: forecast.data ?? null,
    subscriptions: withResults(subscriptions.data?.items ?? [], recent.data?.items ?? []),
    open: open.data?.items ?? [],
  }
}
