import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

const periods = [30, 90, 365]

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const days = periods.find((each) => String(each) === url.searchParams.get('days')) ?? 30
  const call = api.GET('/admin/money', { params: { query: { days } } })
  return { figures: need(await answer(call), url), days, periods }
}
