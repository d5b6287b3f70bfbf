import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  const path = { review: params.review }
  return { review: need(await answer(api.GET('/admin/reviews/{review}', { params: { path } })), url) }
}

export const actions: Actions = {
  decide: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const path = { review: params['review'] ?? '' }
    const reason = text(form, 'reason')
    const body = {
      decision: text(form, 'decision') === 'hide' ? ('hide' as const) : ('keep' as const),
      reason,
    }
    const decided = await answer(
      api.POST('/admin/reviews/{review}/decision', { params: { path }, body, ...once(keyOf(form)) }),
    )
    return decided.problem ? refused(decided.problem, { reason }) : { done: body.decision }
  },
}
