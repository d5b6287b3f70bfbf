import type { Actions } from '@sveltejs/kit'
import { decideAction, decideActions, listActions, undoAction, type ActionState } from '#lib/api/actions.ts'
import { listBusinesses } from '#lib/api/businesses.ts'
import { listCarryOver, listNotices } from '#lib/api/notifications.ts'
import { listStandingNotices } from '#lib/api/disputes.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { listThreads } from '#lib/api/threads.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, text, texts } from '@bizq/app-kit/forms.ts'
import { readBulkItems } from '#lib/server/bulk.ts'
import type { PageServerLoad } from './$types'

/** What a person can decide: what nobody has, and what waits for a second one. */
const waiting: ActionState[] = ['proposed', 'awaiting-second']
const sorts = ['money', 'risk', 'newest'] as const

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:actions', 'bizq:executions', 'bizq:messages', 'bizq:billing')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = {
    sort: sorts.find((one) => one === read('sort')) ?? 'money',
    business: read('business'),
    service: read('service'),
    isGrouped: read('group') !== 'none',
  }
  const query = {
    state: waiting,
    sort: filters.sort,
    business: given(filters.business),
    service: given(filters.service),
    cursor: given(read('cursor')),
    limit: 30,
  }
  const [actions, businesses, subscriptions, carryOver, notices, threads, standing] = await Promise.all([
    listActions(locals.api, query),
    listBusinesses(locals.api, { limit: 200 }),
    listSubscriptions(locals.api, { limit: 200 }),
    listCarryOver(locals.api, { state: 'open', limit: 100 }),
    listNotices(locals.api),
    listThreads(locals.api, { limit: 20 }),
    listStandingNotices(locals.api),
  ])
  const page = need(actions, url)
  return {
    // Why each is proposed comes when it is asked for: the rows are most of the weight.
    actions: page.items.map((action) => ({
      ...action,
      because: action.because.map((row) => ({ ...row, fields: {} })),
    })),
    next: page.next,
    filters,
    businesses: businesses.data?.items.map(({ id, name }) => ({ id, name })) ?? [],
    services: [
      ...new Map(subscriptions.data?.items.map(({ service }) => [service.id, service.name]) ?? []),
    ].map(([id, name]) => ({ id, name })),
    carryOver: carryOver.data?.items.length ?? 0,
    notices: notices.data?.items ?? [],
    platformNotices: standing.data?.items ?? [],
    unread: threads.data?.items.filter((thread) => thread.unread > 0 && !thread.isMuted) ?? [],
  }
}

export const actions: Actions = {
  decide: async ({ request, locals }) => {
    const form = await request.formData()
    const action = text(form, 'action')
    const answer = await decideAction(
      locals.api,
      action,
      { decision: 'approve', version: text(form, 'version') },
      keyOf(form),
    )
    return answer.problem ? refused(answer.problem) : { approved: [action], refusals: [] }
  },
  decideAll: async ({ request, locals }) => {
    const form = await request.formData()
    const { items, expectedTotal } = readBulkItems(form)
    if (items.length === 0) return { approved: [], refusals: [] }
    const answer = await decideActions(locals.api, { items, decision: 'approve', expectedTotal }, keyOf(form))
    if (answer.problem) return refused(answer.problem)
    const refusals = answer.data.items.filter((item) => item.problem)
    return {
      approved: items.map((item) => item.action).filter((id) => !refusals.some((item) => item.action === id)),
      refusals: refusals.map((item) => item.problem?.detail ?? item.problem?.title ?? ''),
    }
  },
  undo: async ({ request, locals }) => {
    const form = await request.formData()
    const key = keyOf(form)
    const answers = await Promise.all(
      texts(form, 'action').map((action, index) => undoAction(locals.api, action, `${key}-${index}`)),
    )
    const problem = answers.find((answer) => answer.problem)?.problem
    return problem ? refused(problem) : { undone: answers.length }
  },
}
