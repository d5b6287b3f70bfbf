import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Actions, PageServerLoad } from './$types'

const periods = [7, 30, 90]

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const days = periods.find((each) => String(each) === url.searchParams.get('days')) ?? 30
  const cursor = given(url.searchParams.get('cursor'))
  const [figures, failed] = await Promise.all([
    answer(api.GET('/admin/webhooks', { params: { query: { days } } })),
    answer(api.GET('/admin/stripe-events/failed', { params: { query: { limit: 50, cursor } } })),
  ])
  return { figures: need(figures, url), failed: need(failed, url), days, periods }
}

export const actions: Actions = {
  retry: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const path = { event: text(form, 'event') }
    const call = api.POST('/admin/stripe-events/{event}/retry', { params: { path }, ...once(keyOf(form)) })
    return settled(await answer(call), 'retried')
  },
}
