import { keyOf, refused, settled, text, texts } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  return { endpoints: need(await answer(api.GET('/webhook-endpoints')), url).items }
}

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const url = text(form, 'url')
    const events = texts(form, 'events')
    const made = await answer(api.POST('/webhook-endpoints', { body: { url, events }, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, { url }) : { made: made.data }
  },
  remove: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { endpoint: text(form, 'endpoint') }
    return settled(await answer(api.DELETE('/webhook-endpoints/{endpoint}', { params: { path } })), 'removed')
  },
}
