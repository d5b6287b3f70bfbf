import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const show = url.searchParams.get('show') === 'hidden' ? ('hidden' as const) : ('waiting' as const)
  const cursor = given(url.searchParams.get('cursor'))
  const [reviews, threads] = await Promise.all([
    answer(api.GET('/admin/reviews', { params: { query: { show, cursor, limit: 30 } } })),
    answer(api.GET('/admin/threads', { params: { query: { show: 'waiting', limit: 30 } } })),
  ])
  const page = need(reviews, url)
  return { show, reviews: page.items, next: page.next, threads: need(threads, url).items }
}
