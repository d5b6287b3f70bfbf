import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import { error, type Actions } from '@sveltejs/kit'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const { endpoint: id } = params
  const query = { cursor: given(url.searchParams.get('cursor')), limit: 50 }
  const [endpoints, deliveries] = await Promise.all([
    answer(api.GET('/webhook-endpoints')),
    answer(
      api.GET('/webhook-endpoints/{endpoint}/deliveries', { params: { path: { endpoint: id }, query } }),
    ),
  ])
  const endpoint = need(endpoints, url).items.find((one) => one.id === id)
  if (!endpoint) error(404, { message: m.webhooks_gone() })
  const { items, next } = need(deliveries, url)
  return { endpoint, deliveries: items, next }
}

export const actions: Actions = {
  try: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { endpoint: params['endpoint'] ?? '' }
    const call = api.POST('/webhook-endpoints/{endpoint}/try', { params: { path }, ...once(keyOf(form)) })
    return settled(await answer(call), 'tried')
  },
  switch: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { endpoint: params['endpoint'] ?? '' }
    const body = { isOn: text(form, 'on') === 'yes' }
    return settled(
      await answer(api.PATCH('/webhook-endpoints/{endpoint}', { params: { path }, body })),
      'switched',
    )
  },
  resend: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { delivery: text(form, 'delivery') }
    const call = api.POST('/webhook-deliveries/{delivery}/redeliver', {
      params: { path },
      ...once(keyOf(form)),
    })
    return settled(await answer(call), 'queued')
  },
}
