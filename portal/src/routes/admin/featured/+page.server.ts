import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const [featured, services] = await Promise.all([
    answer(api.GET('/admin/featured')),
    answer(api.GET('/admin/services', { params: { query: { state: 'live', limit: 200 } } })),
  ])
  return {
    featured: need(featured, url).items,
    services: need(services, url).items.filter(({ releaseState }) => releaseState === 'published'),
    today: new Date().toISOString().slice(0, 10),
  }
}

export const actions: Actions = {
  add: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const body = {
      service: text(form, 'service'),
      words: text(form, 'words'),
      fromDay: text(form, 'fromDay'),
      untilDay: text(form, 'untilDay'),
    }
    const made = await answer(api.POST('/admin/featured', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, body, 'add') : { done: 'added' }
  },
  end: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const path = { featured: text(form, 'featured') }
    return settled(await answer(api.DELETE('/admin/featured/{featured}', { params: { path } })), 'ended')
  },
}
