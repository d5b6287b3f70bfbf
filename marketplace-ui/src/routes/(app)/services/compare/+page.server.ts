import { getService } from '#lib/api/catalogue.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const slugs = [...new Set(url.searchParams.getAll('service'))].slice(0, 4)
  const answers = await Promise.all(slugs.map((slug) => getService(locals.api, slug)))
  return { services: answers.flatMap((answer) => (answer.data ? [answer.data] : [])) }
}
