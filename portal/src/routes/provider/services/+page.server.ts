import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  return { services: need(await answer(api.GET('/provider/services')), url).items }
}

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const service = text(form, 'service')
    const made = await answer(api.POST('/provider/services', { body: { service }, ...once(keyOf(form)) }))
    if (made.problem) return refused(made.problem, { service })
    redirect(303, resolve('/provider/services/[service]', { service }))
  },
}
