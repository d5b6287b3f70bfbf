import { keyOf, settled } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { delivery: params.delivery }
  return {
    delivery: need(await answer(api.GET('/webhook-deliveries/{delivery}', { params: { path } })), url),
  }
}

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { delivery: params['delivery'] ?? '' }
    const call = api.POST('/webhook-deliveries/{delivery}/redeliver', {
      params: { path },
      ...once(keyOf(form)),
    })
    return settled(await answer(call), 'queued')
  },
}
