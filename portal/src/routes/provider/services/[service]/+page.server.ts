import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { service: params.service }
  const releases = await answer(api.GET('/provider/services/{service}/releases', { params: { path } }))
  return {
    releases: need(releases, url).items.slice(0, 5),
    listingHref: `${url.origin}/services/${params.service}`,
  }
}
