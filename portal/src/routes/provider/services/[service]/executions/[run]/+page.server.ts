import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

const pathOf = (params: Partial<Record<string, string>>) => ({
  service: params['service'] ?? '',
  execution: params['run'] ?? '',
})

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const query = { limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const [run, messages] = await Promise.all([
    answer(api.GET('/provider/services/{service}/executions/{run}', { params: { path: params } })),
    answer(
      api.GET('/provider/services/{service}/executions/{execution}/messages', {
        params: { path: pathOf(params), query },
      }),
    ),
  ])
  return { run: need(run, url), messages: need(messages, url) }
}

export const actions: Actions = {
  send: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const words = text(form, 'words')
    const sent = await answer(
      api.POST('/provider/services/{service}/executions/{execution}/messages', {
        params: { path: pathOf(params) },
        body: { words },
        ...once(keyOf(form)),
      }),
    )
    return sent.problem ? refused(sent.problem, { words }) : { done: 'sent' }
  },
  read: async ({ locals, params }) => {
    const api = await locals.api('provider')
    const path = pathOf(params)
    return settled(
      await answer(
        api.POST('/provider/services/{service}/executions/{execution}/messages/read', { params: { path } }),
      ),
      'read',
    )
  },
}
