import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { csvResponse } from '#lib/server/csv.ts'
import { runQuery } from '#lib/server/runs.ts'
import type { RequestHandler } from './$types'

const mostPages = 50

/** The lines that the filters leave, 10,000 at most. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const rows: (string | number | null)[][] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const query = { ...runQuery(url), limit: 200, ...(cursor ? { cursor } : {}) }
    const call = api.GET('/provider/services/{service}/executions', { params: { path: params, query } })
    const { items, next } = need(await answer(call), url)
    for (const one of items) {
      const places = (one.error?.stack ?? []).map(({ line, column }) => `${line}:${column}`).join(' ')
      rows.push([one.id, one.at, one.version, one.outcome, one.wallMs, one.error?.name ?? '', places])
    }
    if (next === null) break
    cursor = next
  }
  const head = ['number', 'day', 'version', 'outcome', 'milliseconds', 'error', 'places']
  return csvResponse(`${params.service}-executions`, head, rows)
}
