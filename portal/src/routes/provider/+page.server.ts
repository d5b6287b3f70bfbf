import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, parent }) => {
  const { providers } = await parent()
  const organisation = providers[0]?.organisation
  if (!organisation) return { services: [] }
  const api = locals.api(organisation)
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
