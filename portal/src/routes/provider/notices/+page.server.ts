import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  const query = { limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const page = need(await answer(api.GET('/platform-notices', { params: { query } })), url)
  return { notices: page.items, next: page.next }
}

export const actions: Actions = {
  object: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { notice: text(form, 'notice') }
    const body = { words: text(form, 'words') }
    const done = await answer(
      api.POST('/platform-notices/{notice}/objection', { params: { path }, body, ...once(keyOf(form)) }),
    )
    return done.problem ? refused(done.problem, { ...body, ...path }) : { done: 'objected' }
  },
}
