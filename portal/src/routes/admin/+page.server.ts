import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  const { data } = await locals.api().GET('/services', { params: { query: { limit: 200 } } })
  return { services: data?.items ?? [] }
}
