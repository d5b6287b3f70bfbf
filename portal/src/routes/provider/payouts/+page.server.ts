import { refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import { m } from '#lib/paraglide/messages.js'
import { scheduleOptions } from '#lib/money/provider-words.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  const query = { limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const [account, transfers, payouts, notices] = await Promise.all([
    answer(api.GET('/provider/account')),
    answer(api.GET('/provider/transfers', { params: { query } })),
    answer(api.GET('/provider/payouts', { params: { query: { limit: 50 } } })),
    answer(api.GET('/notices')),
  ])
  return {
    account: need(account, url),
    transfers: need(transfers, url),
    payouts: need(payouts, url).items,
    notices: need(notices, url).items,
  }
}

export const actions: Actions = {
  schedule: async ({ request, locals }) => {
    const asked = text(await request.formData(), 'schedule')
    const schedule = scheduleOptions().find(({ value }) => value === asked)?.value
    if (!schedule) return refused({ type: 'about:blank', title: m.mny_schedule_unknown(), status: 422 })
    const api = await locals.api('provider')
    return settled(await answer(api.PUT('/provider/payout-schedule', { body: { schedule } })), 'saved')
  },
  clock: async ({ request, locals }) => {
    const days = Number(text(await request.formData(), 'days'))
    const api = await locals.api('provider')
    return settled(await answer(api.POST('/provider/test-clock/advance', { body: { days } })), 'advanced')
  },
}
