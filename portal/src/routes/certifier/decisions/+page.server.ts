import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const cursor = given(url.searchParams.get('cursor'))
  const query = { limit: 50, ...(cursor ? { cursor } : {}) }
  const page = need(await answer(api.GET('/certifier/decisions', { params: { query } })), url)
  return { decisions: page.items, next: page.next }
}
