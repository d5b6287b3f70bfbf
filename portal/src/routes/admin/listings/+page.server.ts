import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { search: read('search').trim(), state: read('state') as Schemas['AdminServiceState'] | '' }
  const query = {
    limit: 50,
    search: given(filters.search),
    state: given(filters.state),
    cursor: given(read('cursor')),
  }
  const page = need(await answer(api.GET('/admin/services', { params: { query } })), url)
  return { services: page.items, next: page.next, filters }
}
