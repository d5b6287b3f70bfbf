import { listAudit, listAuditHeads } from '#lib/api/audit.ts'
import { listMembers } from '#lib/api/people.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { action: read('action'), subject: read('subject') }
  const [page, heads, members] = await Promise.all([
    listAudit(locals.api, {
      action: given(filters.action),
      subject: given(filters.subject),
      cursor: given(read('cursor')),
      limit: 50,
    }),
    listAuditHeads(locals.api),
    listMembers(locals.api),
  ])
  const { items, next } = need(page, url)
  return {
    entries: items,
    next,
    filters,
    head: heads.data?.items.toSorted((a, b) => b.sequence - a.sequence)[0] ?? null,
    // The log holds ids and no names; the names are put beside them here.
    names: Object.fromEntries(members.data?.items.map((member) => [member.user, member.name]) ?? []),
  }
}
