import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { service: params.service }
  return { own: need(await answer(api.GET('/provider/services/{service}', { params: { path } })), url) }
}
