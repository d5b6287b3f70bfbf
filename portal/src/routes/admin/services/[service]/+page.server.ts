import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { actOnService, answerObjection } from '#lib/admin/acting.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  const { service } = params
  const [found, acts, disputes] = await Promise.all([
    answer(api.GET('/admin/services/{service}', { params: { path: { service } } })),
    answer(api.GET('/admin/acts', { params: { query: { service, limit: 100 } } })),
    answer(api.GET('/disputes', { params: { query: { service, limit: 20 } } })),
  ])
  return {
    service: need(found, url),
    acts: need(acts, url).items,
    disputes: need(disputes, url).items,
  }
}

export const actions: Actions = {
  act: async ({ request, locals, params }) =>
    actOnService(await locals.api('platform'), params.service, await request.formData()),
  answer: async ({ request, locals }) =>
    answerObjection(await locals.api('platform'), await request.formData()),
}
