import type { Actions } from '@sveltejs/kit'
import { createEndpoint, deleteEndpoint, listEndpoints, switchEndpoint } from '#lib/api/notifications.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, settled, text, texts } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => ({
  endpoints: need(await listEndpoints(locals.api), url).items,
})

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData()
    const url = text(form, 'url')
    const made = await createEndpoint(locals.api, { url, events: texts(form, 'events') }, keyOf(form))
    return made.problem ? refused(made.problem, { url }) : { made: made.data }
  },
  switch: async ({ request, locals }) => {
    const form = await request.formData()
    const isOn = text(form, 'on') === 'yes'
    return settled(await switchEndpoint(locals.api, text(form, 'endpoint'), isOn), 'switched')
  },
  remove: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await deleteEndpoint(locals.api, text(form, 'endpoint')), 'removed')
  },
}
