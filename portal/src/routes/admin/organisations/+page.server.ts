import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { search: read('search').trim(), kind: read('kind') as 'operator' | 'provider' | '' }
  const query = {
    limit: 50,
    search: given(filters.search),
    kind: given(filters.kind),
    cursor: given(read('cursor')),
  }
  const page = need(await answer(api.GET('/admin/organisations', { params: { query } })), url)
  return { organisations: page.items, next: page.next, filters }
}
