import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { periodOf } from '#lib/figures/period.ts'
import { csvResponse } from '#lib/server/csv.ts'
import type { RequestHandler } from './$types'

/** The figures of a period: one row for each block that they are sums of. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const query = { days: periodOf(url) }
  const call = api.GET('/provider/services/{service}/analytics', { params: { path: params, query } })
  const { blocks } = need(await answer(call), url)
  const head = [
    'from',
    'to',
    'executions',
    'success_rate',
    'median_ms',
    'p95_ms',
    'accepted',
    'edited',
    'rejected',
    'undone',
  ]
  const rows = blocks.map((one) => [
    one.from,
    one.to,
    one.executions,
    one.successRate,
    one.p50Ms,
    one.p95Ms,
    one.accepted,
    one.edited,
    one.rejected,
    one.undone,
  ])
  return csvResponse(`${params.service}-analytics-${query.days}-days`, head, rows)
}
