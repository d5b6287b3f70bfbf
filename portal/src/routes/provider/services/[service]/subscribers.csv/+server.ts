import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { csvResponse } from '#lib/server/csv.ts'
import type { RequestHandler } from './$types'

const mostPages = 50

export const GET: RequestHandler = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const rows: (string | number | null)[][] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) }
    const call = api.GET('/provider/services/{service}/subscribers', { params: { path: params, query } })
    const { items, next } = need(await answer(call), url)
    for (const one of items) {
      const price = one.price?.monthly
      rows.push([
        one.id,
        one.state,
        one.since,
        one.until,
        one.version,
        price?.amount ?? null,
        price?.currency ?? null,
        one.activity,
      ])
    }
    if (next === null) break
    cursor = next
  }
  const head = ['subscriber', 'state', 'since', 'until', 'version', 'monthly_minor', 'currency', 'activity']
  return csvResponse(`${params.service}-subscribers`, head, rows)
}
