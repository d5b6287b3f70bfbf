import { keyOf, settled } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, setHeaders }) => {
  const api = await locals.api('provider')
  setHeaders({ 'cache-control': 'no-store' })
  const path = { service: params.service }
  const keys = need(
    await answer(api.GET('/provider/services/{service}/signing-keys', { params: { path } })),
    url,
  )
  return { service: params.service, keys: keys.keys }
}

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    const call = api.POST('/provider/services/{service}/signing-keys', {
      params: { path },
      ...once(keyOf(form)),
    })
    return settled(await answer(call), 'rotated')
  },
}
