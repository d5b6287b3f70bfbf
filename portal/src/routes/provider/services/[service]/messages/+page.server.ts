import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { service: params.service }
  const query = { limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const page = need(
    await answer(api.GET('/provider/services/{service}/threads', { params: { path, query } })),
    url,
  )
  return { service: params.service, threads: page.items, next: page.next }
}
