import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { subscriber: params.subscriber }
  const query = { limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const messages = need(
    await answer(api.GET('/provider/subscribers/{subscriber}/messages', { params: { path, query } })),
    url,
  )
  return { service: params.service, messages }
}

export const actions: Actions = {
  send: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { subscriber: params['subscriber'] ?? '' }
    const words = text(form, 'words')
    const sent = await answer(
      api.POST('/provider/subscribers/{subscriber}/messages', {
        params: { path },
        body: { words },
        ...once(keyOf(form)),
      }),
    )
    return sent.problem ? refused(sent.problem, { words }) : { done: 'sent' }
  },
  read: async ({ locals, params }) => {
    const api = await locals.api('provider')
    const path = { subscriber: params['subscriber'] ?? '' }
    return settled(
      await answer(api.POST('/provider/subscribers/{subscriber}/messages/read', { params: { path } })),
      'read',
    )
  },
}
