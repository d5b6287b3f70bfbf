import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { answerObjection } from '#lib/admin/acting.ts'
import type { Actions, PageServerLoad } from './$types'

const periods = ['7', '30', '90'] as const

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const asked = url.searchParams.get('days')
  const days = periods.find((each) => each === asked) ?? '30'
  const [figures, objections, notices, failed] = await Promise.all([
    answer(api.GET('/admin/figures', { params: { query: { days } } })),
    answer(api.GET('/admin/acts', { params: { query: { waiting: 'objection', limit: 20 } } })),
    answer(api.GET('/notices')),
    answer(api.GET('/admin/stripe-events/failed', { params: { query: { limit: 200 } } })),
  ])
  return {
    figures: need(figures, url),
    objections: need(objections, url).items,
    // Of each currency the newest stands: it ends as it began.
    shortages: need(notices, url).items.filter(({ money }) => money?.what === 'transfers-short').length,
    failedEvents: need(failed, url).items.length,
    periods,
  }
}

export const actions: Actions = {
  answer: async ({ request, locals }) =>
    answerObjection(await locals.api('platform'), await request.formData()),
}
