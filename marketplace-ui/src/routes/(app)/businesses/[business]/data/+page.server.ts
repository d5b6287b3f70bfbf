import { listDatasets } from '#lib/api/data.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:imports')
  return { datasets: need(await listDatasets(locals.api, params.business), url).items }
}
