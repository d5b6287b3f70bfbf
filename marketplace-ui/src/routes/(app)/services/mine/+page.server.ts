import { listBusinesses } from '#lib/api/businesses.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { withResults } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

const states = ['active', 'paused', 'cancelled'] as const

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:actions')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { business: read('business'), state: states.find((one) => one === read('state')) }
  const business = given(filters.business)
  const [page, businesses] = await Promise.all([
    listSubscriptions(locals.api, {
      business,
      state: filters.state,
      cursor: given(read('cursor')),
      limit: 50,
    }),
    listBusinesses(locals.api, { limit: 200 }),
  ])
  const { items, next } = need(page, url)
  return {
    subscriptions: await withResults(locals.api, items, business),
    next,
    filters,
    businesses: businesses.data?.items.map(({ id, name }) => ({ id, name })) ?? [],
  }
}
