import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { runQuery } from '#lib/server/runs.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const query = runQuery(url)
  const [lines, releases] = await Promise.all([
    answer(api.GET('/provider/services/{service}/executions', { params: { path: params, query } })),
    answer(api.GET('/provider/services/{service}/releases', { params: { path: params } })),
  ])
  const { items, next, errors } = need(lines, url)
  const versions = need(releases, url).items.map(({ version }) => version)
  const { outcome = '', version = '', error = '' } = query
  return { items, next, errors, versions, asked: { outcome, version, error } }
}
