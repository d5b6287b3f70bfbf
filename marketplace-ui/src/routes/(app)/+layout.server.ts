import { redirect } from '@sveltejs/kit'
import { listActions } from '#lib/api/actions.ts'
import { getPayments, getStanding } from '#lib/api/billing.ts'
import { getMe } from '#lib/api/people.ts'
import { keepOrganisation } from '#lib/server/api.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, url, depends, cookies }) => {
  depends('bizq:organisation', 'bizq:actions', 'bizq:billing')
  const [answer, open, payments, standing] = await Promise.all([
    getMe(locals.api),
    listActions(locals.api, { state: 'proposed', limit: 1 }),
    getPayments(locals.api),
    getStanding(locals.api),
  ])
  const me = need(answer, url)
  if (!me.user) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`)
  if (!me.organisation) redirect(303, '/welcome')
  if (me.organisation.kind !== 'operator') {
    const own = me.memberships.find(({ kind }) => kind === 'operator')
    // Who runs no business has nothing to look at here.
    if (!own) redirect(303, '/portal')
    keepOrganisation(cookies, own.organisation, url)
    redirect(303, url.pathname + url.search)
  }
  return {
    me,
    hasOpen: (open.data?.items.length ?? 0) > 0,
    mayDecide: me.role !== 'viewer',
    paymentsMode: payments.data?.mode,
    standing: standing.data?.account,
  }
}
