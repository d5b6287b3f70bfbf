import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { action: read('action'), subject: read('subject').trim() }
  const query = {
    limit: 50,
    action: given(filters.action),
    subject: given(filters.subject),
    cursor: given(read('cursor')),
  }
  const [page, members] = await Promise.all([
    answer(api.GET('/audit', { params: { query } })),
    answer(api.GET('/members')),
  ])
  const { items, next } = need(page, url)
  return {
    entries: items,
    next,
    filters,
    // The log holds ids and no names; the names are put beside them here.
    names: Object.fromEntries(members.data?.items.map((member) => [member.user, member.name]) ?? []),
  }
}
