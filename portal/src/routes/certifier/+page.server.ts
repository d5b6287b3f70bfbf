import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  await locals.api('platform')
}
