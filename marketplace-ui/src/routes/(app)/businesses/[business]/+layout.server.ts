import { getBusiness } from '#lib/api/businesses.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:business')
  return { business: need(await getBusiness(locals.api, params.business), url) }
}
