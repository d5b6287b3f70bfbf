import { listExecutions } from '#lib/api/executions.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:executions')
  const query = { cursor: given(url.searchParams.get('cursor')), limit: 50 }
  const page = need(await listExecutions(locals.api, params.subscription, query), url)
  return { executions: page.items, next: page.next }
}
