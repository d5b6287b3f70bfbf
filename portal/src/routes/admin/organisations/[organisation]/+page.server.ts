import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { actOnOrganisation, answerObjection } from '#lib/admin/acting.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  const { organisation } = params
  const [found, acts, services] = await Promise.all([
    answer(api.GET('/admin/organisations/{organisation}', { params: { path: { organisation } } })),
    answer(api.GET('/admin/acts', { params: { query: { organisation, limit: 100 } } })),
    answer(api.GET('/admin/services', { params: { query: { provider: organisation, limit: 100 } } })),
  ])
  return {
    one: need(found, url),
    acts: need(acts, url).items,
    services: need(services, url).items,
  }
}

export const actions: Actions = {
  act: async ({ request, locals, params }) =>
    actOnOrganisation(await locals.api('platform'), params.organisation, await request.formData()),
  answer: async ({ request, locals }) =>
    answerObjection(await locals.api('platform'), await request.formData()),
}
