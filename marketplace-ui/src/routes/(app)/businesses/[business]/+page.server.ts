import { listActions } from '#lib/api/actions.ts'
import { getCashForecast, getInsight } from '#lib/api/businesses.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { withResults } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, depends }) => {
  depends('bizq:imports', 'bizq:actions')
  const [insight, forecast, subscriptions, open] = await Promise.all([
    getInsight(locals.api, params.business),
    getCashForecast(locals.api, params.business),
    listSubscriptions(locals.api, { business: params.business, limit: 50 }).then(({ data }) =>
      withResults(locals.api, data?.items ?? [], params.business),
    ),
    listActions(locals.api, { business: params.business, state: 'proposed', sort: 'money', limit: 3 }),
  ])
  return {
    insight: insight.data ?? null,
    forecast: forecast.data ?? null,
    subscriptions,
    open: open.data?.items ?? [],
  }
}
