import { refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  return { profile: need(await answer(api.GET('/provider/profile')), url) }
}

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const body = {
      name: text(form, 'name'),
      country: text(form, 'country').toUpperCase(),
      support: text(form, 'support'),
    }
    const saved = await answer(api.PUT('/provider/profile', { body }))
    return saved.problem ? refused(saved.problem, body) : { done: 'saved' }
  },
}
