import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

const periods = [30, 90, 365]

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const days = periods.find((each) => String(each) === url.searchParams.get('days')) ?? 30
  const [figures, disputes, refused, funds] = await Promise.all([
    answer(api.GET('/admin/money', { params: { query: { days } } })),
    answer(api.GET('/admin/stripe-disputes', { params: { query: { limit: 200 } } })),
    answer(api.GET('/admin/refunds', { params: { query: { limit: 50, state: 'refused' } } })),
    answer(api.GET('/admin/transfer-funds')),
  ])
  return {
    figures: need(figures, url),
    // Open ones are the newest: what is beyond two hundred was closed long ago.
    openDisputes: need(disputes, url).items.filter(({ closedAt }) => closedAt === null),
    refusedRefunds: need(refused, url).items.length,
    funds: need(funds, url).items,
    days,
    periods,
  }
}
