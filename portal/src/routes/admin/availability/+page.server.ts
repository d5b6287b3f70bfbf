import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import { monthsBefore } from '#lib/money/months.ts'
import type { PageServerLoad } from './$types'

const monthsKept = 24

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const months = monthsBefore(new Date(), monthsKept)
  const month = months.find((one) => one === url.searchParams.get('month')) ?? months[0]
  const query = { limit: 50, month, cursor: given(url.searchParams.get('cursor')) }
  const page = need(await answer(api.GET('/admin/availability', { params: { query } })), url)
  return { services: page.items, next: page.next, months, month }
}
