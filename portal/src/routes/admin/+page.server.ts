import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  const api = await locals.api('platform')
  const { data } = await api.GET('/services', { params: { query: { limit: 200 } } })
  return { services: data?.items ?? [] }
}
