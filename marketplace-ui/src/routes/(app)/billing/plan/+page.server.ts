import { keyOf, refused, text, texts } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { cancelPlan, choosePlan, getBilling, previewPlan, type PlanChoice } from '#lib/api/billing.ts'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

const plans = ['starter', 'professional', 'enterprise'] as const
const currencies = ['USD', 'EUR', 'GBP'] as const
const states = ['trialing', 'active', 'past_due', 'grace', 'paused', 'lapsed', 'cancelled'] as const

/** A choice as an address or a form says it. */
function choiceOf(plan: string, currency: string, keep: string[]): PlanChoice | undefined {
  const chosen = plans.find((each) => each === plan)
  const paid = currencies.find((each) => each === currency)
  return chosen && { plan: chosen, ...(paid ? { currency: paid } : {}), ...(keep.length > 0 ? { keep } : {}) }
}

/** What the page showed: another tab may have changed it meanwhile. */
function seenOf(form: FormData): Pick<PlanChoice, 'seen'> {
  const state = states.find((each) => each === text(form, 'seenState'))
  return state ? { seen: { plan: plans.find((each) => each === text(form, 'seenPlan')) ?? null, state } } : {}
}

export const load: PageServerLoad = async ({ locals, url }) => {
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const asked = currencies.find((each) => each === read('currency'))
  const account = need(await getBilling(locals.api, asked), url)
  const choice = choiceOf(
    read('plan'),
    account.currency ? '' : read('currency'),
    url.searchParams.getAll('keep'),
  )
  const preview = choice ? await previewPlan(locals.api, choice) : undefined
  return {
    account,
    choice: choice ?? null,
    currency: account.currency ?? asked ?? 'USD',
    currencies,
    preview: preview?.data ?? null,
    problem: preview?.problem ?? null,
  }
}

export const actions: Actions = {
  choose: async ({ request, locals }) => {
    const form = await request.formData()
    const keep = texts(form, 'keep')
    const limit = Number(text(form, 'limit') || Number.POSITIVE_INFINITY)
    if (keep.length > limit)
      return refused({
        type: 'about:blank',
        title: m.bil_too_many(),
        detail: m.bil_too_many_text({ limit, count: keep.length }),
        status: 422,
      })
    const choice = choiceOf(text(form, 'plan'), text(form, 'currency'), keep)
    if (!choice) redirect(303, '/billing/plan')
    const chosen = await choosePlan(locals.api, { ...choice, ...seenOf(form) }, keyOf(form))
    if (chosen.problem) return refused(chosen.problem)
    redirect(303, '/billing')
  },
  cancel: async ({ request, locals }) => {
    const cancelled = await cancelPlan(locals.api, keyOf(await request.formData()))
    if (cancelled.problem) return refused(cancelled.problem)
    redirect(303, '/billing')
  },
}
