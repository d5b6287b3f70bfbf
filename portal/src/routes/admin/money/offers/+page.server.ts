import { readAmount } from '@bizq/app-kit/amounts.ts'
import { keyOf, refused, settled, text, texts } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

const currencies = ['USD', 'EUR', 'GBP'] as const
const scopes = ['plan', 'services', 'all'] as const

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const [coupons, bundles, launched, services, organisations, grants] = await Promise.all([
    answer(api.GET('/admin/coupons')),
    answer(api.GET('/admin/bundles')),
    answer(api.GET('/admin/launch-providers')),
    answer(api.GET('/admin/services', { params: { query: { state: 'live', limit: 200 } } })),
    answer(api.GET('/admin/organisations', { params: { query: { limit: 200 } } })),
    answer(api.GET('/admin/credits', { params: { query: { limit: 50 } } })),
  ])
  const all = need(organisations, url).items
  return {
    coupons: need(coupons, url).items,
    bundles: need(bundles, url).items,
    launched: need(launched, url).items,
    grants: need(grants, url).items,
    services: need(services, url).items,
    providers: all.filter(({ kind }) => kind === 'provider'),
    operators: all.filter(({ kind }) => kind === 'operator'),
  }
}

/** Money as a form has it: an amount with two decimals, and one of the currencies that operators pay in. */
function moneyOf(form: FormData) {
  const currency = currencies.find((each) => each === text(form, 'currency')) ?? 'USD'
  return { amount: readAmount(text(form, 'amount')) ?? 0, currency }
}

export const actions: Actions = {
  coupon: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const code = text(form, 'code')
    const months = text(form, 'months')
    const day = text(form, 'redeemBy')
    const body = {
      code,
      appliesTo: scopes.find((each) => each === text(form, 'appliesTo')) ?? ('all' as const),
      months: months === '' ? null : Number(months),
      redeemBy: day ? `${day}T23:59:59.000Z` : null,
      ...(text(form, 'how') === 'amount'
        ? { amount: moneyOf(form) }
        : { percent: Number(text(form, 'amount')) }),
    }
    const made = await answer(api.POST('/admin/coupons', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, { code }, 'coupon') : { done: 'coupon' }
  },
  endCoupon: async ({ request, locals }) => {
    const api = await locals.api('platform')
    const path = { coupon: text(await request.formData(), 'coupon') }
    return settled(await answer(api.DELETE('/admin/coupons/{coupon}', { params: { path } })), 'ended')
  },
  bundle: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const body = {
      name: text(form, 'name'),
      services: texts(form, 'services'),
      percent: Number(text(form, 'percent')),
    }
    const made = await answer(api.POST('/admin/bundles', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, {}, 'bundle') : { done: 'bundle' }
  },
  endBundle: async ({ request, locals }) => {
    const api = await locals.api('platform')
    const path = { bundle: text(await request.formData(), 'bundle') }
    return settled(await answer(api.DELETE('/admin/bundles/{bundle}', { params: { path } })), 'ended')
  },
  launch: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const body = { provider: text(form, 'provider') }
    const made = await answer(api.POST('/admin/launch-providers', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, {}, 'launch') : { done: 'launch' }
  },
  endLaunch: async ({ request, locals }) => {
    const api = await locals.api('platform')
    const path = { organisation: text(await request.formData(), 'organisation') }
    const call = api.DELETE('/admin/launch-providers/{organisation}', { params: { path } })
    return settled(await answer(call), 'ended')
  },
  credit: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const body = { operator: text(form, 'operator'), amount: moneyOf(form), reason: text(form, 'reason') }
    const made = await answer(api.POST('/admin/credits', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, {}, 'credit') : { done: 'credit' }
  },
}
