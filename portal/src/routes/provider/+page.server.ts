import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  const api = await locals.api('provider')
  const services = await api.GET('/provider/services')
  return {
    services: await Promise.all(
      (services.data?.items ?? []).map(async (service) => {
        const path = { service: service.service }
        const releases = await api.GET('/provider/services/{service}/releases', { params: { path } })
        return { ...service, releases: releases.data?.items ?? [] }
      }),
    ),
  }
}
