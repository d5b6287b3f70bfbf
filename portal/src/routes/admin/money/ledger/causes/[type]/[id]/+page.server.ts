import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  const { type, id: line } = params
  const [trace, found] = await Promise.all([
    answer(api.GET('/admin/ledger/causes/{type}/{id}', { params: { path: params } })),
    type === 'invoice_line'
      ? answer(api.GET('/admin/refunds/lines/{line}', { params: { path: { line } } }))
      : undefined,
  ])
  return { trace: need(trace, url), line: found?.data }
}
