import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  return {
    dispute: need(await answer(api.GET('/disputes/{dispute}', { params: { path: params } })), url),
  }
}

export const actions: Actions = {
  answer: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const body = { words: text(form, 'words') }
    const done = await answer(
      api.POST('/disputes/{dispute}/answer', { params: { path: params }, body, ...once(keyOf(form)) }),
    )
    return done.problem ? refused(done.problem, body) : { done: 'answered' }
  },
}
