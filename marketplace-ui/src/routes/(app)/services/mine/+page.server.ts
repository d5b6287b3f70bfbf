import { listBusinesses } from '#lib/api/businesses.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '#lib/server/api.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:actions')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { business: read('business'), state: read('state') }
  const [page, businesses] = await Promise.all([
    listSubscriptions(locals.api, { ...filters, cursor: read('cursor'), limit: 50 }),
    listBusinesses(locals.api, { limit: 200 }),
  ])
  const { items, next } = need(page, url)
  return {
    subscriptions: items,
    next,
    filters,
    businesses: businesses.data?.items.map(({ id, name }) => ({ id, name })) ?? [],
  }
}
