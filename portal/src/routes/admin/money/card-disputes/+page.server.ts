import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  // Open ones are the newest: what is beyond two hundred was closed long ago.
  const isOpen = url.searchParams.get('state') === 'open'
  const query = { limit: isOpen ? 200 : 50, cursor: given(url.searchParams.get('cursor')) }
  const page = need(await answer(api.GET('/admin/stripe-disputes', { params: { query } })), url)
  return isOpen
    ? { disputes: page.items.filter(({ closedAt }) => closedAt === null), next: null, isOpen }
    : { disputes: page.items, next: page.next, isOpen }
}
