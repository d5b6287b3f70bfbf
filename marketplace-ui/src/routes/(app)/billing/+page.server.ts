import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { Actions } from '@sveltejs/kit'
import {
  advanceClock,
  getBilling,
  getUpcomingInvoice,
  listOwnCredits,
  listUsage,
  openSetupPage,
  payInvoice,
  redeemCoupon,
} from '#lib/api/billing.ts'
import { listNotices } from '#lib/api/notifications.ts'
import { saveCap } from '#lib/billing/cap-form.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:billing')
  const account = need(await getBilling(locals.api), url)
  const [upcoming, usage, credits, notices] = await Promise.all([
    getUpcomingInvoice(locals.api),
    listUsage(locals.api),
    listOwnCredits(locals.api),
    listNotices(locals.api),
  ])
  return {
    account,
    upcoming: upcoming.data ?? null,
    usage: usage.data?.items ?? [],
    grants: (credits.data?.items ?? []).filter(({ left }) => left.amount > 0),
    notices: notices.data?.items ?? [],
  }
}

export const actions: Actions = {
  card: async ({ request, locals }) => {
    const form = await request.formData()
    const page = await openSetupPage(locals.api, text(form, 'returnTo') || '/billing', keyOf(form))
    return page.problem ? refused(page.problem) : { url: page.data.url }
  },
  pay: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await payInvoice(locals.api, text(form, 'invoice'), keyOf(form)), 'paid')
  },
  coupon: async ({ request, locals }) => {
    const form = await request.formData()
    const code = text(form, 'code')
    const redeemed = await redeemCoupon(locals.api, code, keyOf(form))
    return redeemed.problem ? refused(redeemed.problem, { code }, 'coupon') : { done: 'redeemed' }
  },
  cap: async ({ request, locals }) => saveCap(locals.api, await request.formData()),
  clock: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await advanceClock(locals.api, Number(text(form, 'days')), keyOf(form)), 'advanced')
  },
}
