import { listServices } from '#lib/api/catalogue.ts'
import { listFeatured } from '#lib/api/disputes.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = {
    search: read('search'),
    category: read('category'),
    sort: read('sort') === 'rating' ? ('rating' as const) : ('' as const),
  }
  const page = need(
    await listServices(locals.api, {
      search: given(filters.search),
      category: given(filters.category),
      sort: given(filters.sort),
      cursor: given(read('cursor')),
      limit: 50,
    }),
    url,
  )
  // Only the first page of the whole catalogue: who looks for something has said what.
  const isWhole = !url.search
  const featured = isWhole ? await listFeatured(locals.api) : undefined
  return { services: page.items, next: page.next, filters, featured: featured?.data?.items ?? [] }
}
