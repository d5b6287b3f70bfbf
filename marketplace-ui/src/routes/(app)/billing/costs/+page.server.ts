import { need } from '@bizq/app-kit/server.ts'
import { listCosts } from '#lib/api/billing.ts'
import type { PageServerLoad } from './$types'

const periods = [1, 3, 12]

export const load: PageServerLoad = async ({ locals, url }) => {
  const months = periods.find((each) => String(each) === url.searchParams.get('months')) ?? 12
  return { costs: need(await listCosts(locals.api, { months }), url).items, months, periods }
}
