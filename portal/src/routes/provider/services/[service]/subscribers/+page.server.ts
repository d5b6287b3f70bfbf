import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const query = { cursor: given(url.searchParams.get('cursor')), limit: 50 }
  const call = api.GET('/provider/services/{service}/subscribers', { params: { path: params, query } })
  return need(await answer(call), url)
}
