import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  const call = api.GET('/admin/ledger/causes/{type}/{id}', { params: { path: params } })
  return { trace: need(await answer(call), url) }
}
