import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { periodOf } from '#lib/figures/period.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const days = periodOf(url)
  const [analytics, availability, services] = await Promise.all([
    answer(api.GET('/provider/services/{service}/analytics', { params: { path: params, query: { days } } })),
    answer(api.GET('/provider/services/{service}/availability', { params: { path: params } })),
    answer(api.GET('/provider/services')),
  ])
  const figures = need(analytics, url)
  const service = need(services, url).items.find(
    (one) => one.service === params.service || one.id === params.service,
  )
  const query = { service: service?.id ?? '', limit: 10 }
  const said = service
    ? need(await answer(api.GET('/provider/feedback', { params: { query } })), url).items
    : []
  return { figures, availability: need(availability, url), said, days }
}
