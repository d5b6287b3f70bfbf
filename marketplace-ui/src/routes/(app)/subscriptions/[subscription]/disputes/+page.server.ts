import type { Actions } from '@sveltejs/kit'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { Problem } from '@bizq/app-kit/transport.ts'
import { minorDigits } from '@bizq/design-system'
import { listActions } from '#lib/api/actions.ts'
import { listDisputes, openDispute, withdrawDispute, type NewDispute } from '#lib/api/disputes.ts'
import { listExecutions } from '#lib/api/executions.ts'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

const most = 10

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const id = params.subscription
  const [disputes, actions, executions] = await Promise.all([
    listDisputes(locals.api, { subscription: id, limit: 50 }),
    listActions(locals.api, { subscription: id, sort: 'newest', limit: most }),
    listExecutions(locals.api, id, { limit: most }),
  ])
  const read = (name: string) => url.searchParams.get(name)
  const chosen = read('action') ?? read('execution') ?? ''
  const recent = [
    ...(actions.data?.items ?? []).map((one) => ({ id: one.id, label: one.sentence, at: null })),
    ...(executions.data?.items ?? []).map((one) => ({ id: one.id, label: null, at: one.queuedAt })),
  ]
  return {
    disputes: need(disputes, url).items,
    // What is come to from its own page stands there even when it is old.
    recent:
      recent.some((one) => one.id === chosen) || !/^(act|exe)_/.test(chosen)
        ? recent
        : [...recent, { id: chosen, label: chosen, at: null }],
    chosen,
  }
}

function aboutOf(id: string): NewDispute['about'] {
  if (id.startsWith('act_')) return { kind: 'action', action: id }
  if (id.startsWith('exe_')) return { kind: 'execution', execution: id }
  return { kind: 'subscription' }
}

/** The amount in minor units as it was typed; nothing where it was left empty, null where it is none. */
function amountOf(typed: string, currency: string): NewDispute['amount'] | null {
  if (typed === '') return undefined
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(typed)
  const digits = minorDigits(currency)
  const [, whole = '', part = ''] = match ?? []
  if (!match || part.length > digits) return null
  return { amount: Number(whole) * 10 ** digits + Number(part.padEnd(digits, '0') || '0'), currency }
}

const noAmount = (): Problem => ({
  type: 'about:blank',
  title: m.dispute_amount_wrong_title(),
  status: 422,
  errors: [{ pointer: '/amount', detail: m.dispute_amount_wrong() }],
})

export const actions: Actions = {
  open: async ({ request, locals, params }) => {
    const form = await request.formData()
    const values = {
      about: text(form, 'about'),
      reason: text(form, 'reason'),
      words: text(form, 'words'),
      wish: text(form, 'wish'),
      amount: text(form, 'amount'),
    }
    const amount = amountOf(values.amount, text(form, 'currency'))
    if (amount === null) return refused(noAmount(), values)
    const body: NewDispute = {
      about: aboutOf(values.about),
      reason: values.reason as NewDispute['reason'],
      words: values.words,
      wish: values.wish as NewDispute['wish'],
      ...(amount ? { amount } : {}),
    }
    const made = await openDispute(locals.api, params['subscription'] ?? '', body, keyOf(form))
    return made.problem ? refused(made.problem, values) : { done: 'opened' }
  },
  withdraw: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await withdrawDispute(locals.api, text(form, 'dispute'), keyOf(form)), 'withdrawn')
  },
}
