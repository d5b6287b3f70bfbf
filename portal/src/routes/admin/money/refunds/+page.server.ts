import { readAmount } from '@bizq/app-kit/amounts.ts'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'
import type { Actions } from '@sveltejs/kit'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const read = (name: string) => url.searchParams.get(name)?.trim() ?? ''
  const filters = {
    cause: read('cause') as Schemas['RefundCause'] | '',
    state: read('state') as Schemas['RefundState'] | '',
  }
  const query = {
    limit: 50,
    cause: given(filters.cause),
    state: given(filters.state),
    cursor: given(read('cursor')),
  }
  const page = need(await answer(api.GET('/admin/refunds', { params: { query } })), url)
  return { refunds: page.items, next: page.next, filters, line: read('line') }
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
