import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const call = api.GET('/provider/statements/{month}', { params: { path: params } })
  return { statement: need(await answer(call), url) }
}
