import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
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
  anew: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const body = { country: text(form, 'country') }
    const begun = await answer(api.POST('/provider/account/replacement', { body, ...once(keyOf(form)) }))
    if (begun.problem) return refused(begun.problem)
    redirect(303, resolve('/provider/payouts/onboarding'))
  },
  clock: async ({ request, locals }) => {
    const days = Number(text(await request.formData(), 'days'))
    const api = await locals.api('provider')
    return settled(await answer(api.POST('/provider/test-clock/advance', { body: { days } })), 'advanced')
  },
}
