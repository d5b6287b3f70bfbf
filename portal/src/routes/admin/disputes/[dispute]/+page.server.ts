import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once, type Problem } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'
import { creditOf } from '#lib/disputes/credit.ts'
import { m } from '#lib/paraglide/messages.js'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  return {
    dispute: need(await answer(api.GET('/disputes/{dispute}', { params: { path: params } })), url),
  }
}

const unreadable = (): Problem => ({
  type: 'about:blank',
  title: m.dsp_credit_wrong(),
  status: 422,
  errors: [{ pointer: '/credit', detail: m.dsp_credit_wrong_text() }],
})

export const actions: Actions = {
  decide: async ({ request, locals, params }) => {
    const form = await request.formData()
    const values = {
      outcome: text(form, 'outcome'),
      words: text(form, 'words'),
      credit: text(form, 'credit'),
      currency: text(form, 'currency').toUpperCase(),
    }
    const credit = creditOf(values.credit, values.currency)
    if (credit === null) return refused(unreadable(), values, 'decide')
    const body = {
      outcome: values.outcome as NonNullable<Schemas['Dispute']['outcome']>,
      words: values.words,
      ...(credit ? { credit } : {}),
    }
    const api = await locals.api('platform')
    const done = await answer(
      api.POST('/disputes/{dispute}/decision', { params: { path: params }, body, ...once(keyOf(form)) }),
    )
    return done.problem ? refused(done.problem, values, 'decide') : { done: 'decided' }
  },
}
