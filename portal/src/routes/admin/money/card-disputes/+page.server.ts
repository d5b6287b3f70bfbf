import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const query = { limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const page = need(await answer(api.GET('/admin/stripe-disputes', { params: { query } })), url)
  return { disputes: page.items, next: page.next }
}
