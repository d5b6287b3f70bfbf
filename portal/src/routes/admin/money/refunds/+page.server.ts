import { readAmount } from '@bizq/app-kit/amounts.ts'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import { isCause, isState } from '#lib/money/refund-words.ts'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const read = (name: string) => url.searchParams.get(name)?.trim() ?? ''
  const cause = read('cause')
  const state = read('state')
  const filters = { cause: isCause(cause) ? cause : '', state: isState(state) ? state : '' } as const
  const query = {
    limit: 50,
    cause: given(filters.cause),
    state: given(filters.state),
    cursor: given(read('cursor')),
  }
  const line = read('line')
  const [page, found] = await Promise.all([
    answer(api.GET('/admin/refunds', { params: { query } })),
    line ? answer(api.GET('/admin/refunds/lines/{line}', { params: { path: { line } } })) : undefined,
  ])
  const { items, next } = need(page, url)
  return {
    refunds: items,
    next,
    filters,
    line,
    refundable: found?.data,
    // What was typed leads to no line: the page stays as it is and says so.
    lineProblem: found?.problem && { ...found.problem, title: m.mny_line_unknown() },
  }
}

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData()
    const values = { line: text(form, 'line'), amount: text(form, 'amount'), reason: text(form, 'reason') }
    const amount = values.amount === '' ? undefined : readAmount(values.amount)
    if (values.amount !== '' && amount === undefined)
      return refused(
        {
          type: 'about:blank',
          title: m.mny_amount_unread(),
          status: 422,
          errors: [{ pointer: '/amount', detail: m.mny_amount_unread_text({ typed: values.amount }) }],
        },
        values,
      )
    const way = text(form, 'way') === 'account_credit' ? ('account_credit' as const) : ('card' as const)
    const body = {
      line: values.line,
      reason: values.reason,
      way,
      ...(amount === undefined ? {} : { amount }),
    }
    const api = await locals.api('platform')
    const made = await answer(api.POST('/admin/refunds', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, values) : { done: 'refunded' }
  },
}
