import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  const asked = url.searchParams.get('month') ?? ''
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(asked) ? asked : ''
  const [account, earnings] = await Promise.all([
    answer(api.GET('/provider/account')),
    answer(api.GET('/provider/earnings', { params: { query: { month: given(month) } } })),
  ])
  return { account: need(account, url), earnings: need(earnings, url), month }
}
