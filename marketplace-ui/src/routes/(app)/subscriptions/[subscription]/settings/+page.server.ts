import { EndingReason } from '@bizq/sdk/contract'
import { redirect, type Actions } from '@sveltejs/kit'
import {
  cancelSubscription,
  changeSubscription,
  getSubscription,
  pauseSubscription,
  resumeSubscription,
} from '#lib/api/subscriptions.ts'
import { getService, type JsonSchema } from '#lib/api/catalogue.ts'
import { getMoneyBack, takeMoneyBack } from '#lib/api/billing.ts'
import type { Api } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { readSettings } from '#lib/server/settings-form.ts'
import type { PageServerLoad } from './$types'

/** The settings of a service as its listing describes them. */
async function schemaOf(api: Api, service: string): Promise<JsonSchema | null> {
  const listing = await getService(api, service)
  return listing.data?.settings ?? null
}

/** Why it is cancelled, where that was said. */
function reasonOf(form: FormData) {
  const code = EndingReason.safeParse(text(form, 'code'))
  if (!code.success) return undefined
  const words = text(form, 'text')
  return { code: code.data, ...(words ? { text: words } : {}) }
}

export const load: PageServerLoad = async ({ locals, parent }) => {
  const { subscription } = await parent()
  const [schema, offer] = await Promise.all([
    schemaOf(locals.api, subscription.service.service),
    getMoneyBack(locals.api, subscription.id),
  ])
  return { schema, offer: offer.data }
}

export const actions: Actions = {
  save: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const id = params['subscription'] ?? ''
    const subscription = need(await getSubscription(locals.api, id), url)
    const settings = readSettings(await schemaOf(locals.api, subscription.service.service), form)
    return settled(await changeSubscription(locals.api, id, { settings }), 'saved')
  },
  pause: async ({ request, locals, params }) =>
    settled(
      await pauseSubscription(locals.api, params['subscription'] ?? '', keyOf(await request.formData())),
      'paused',
    ),
  resume: async ({ request, locals, params }) =>
    settled(
      await resumeSubscription(locals.api, params['subscription'] ?? '', keyOf(await request.formData())),
      'resumed',
    ),
  moneyBack: async ({ request, locals, params }) => {
    const key = keyOf(await request.formData())
    const back = await takeMoneyBack(locals.api, params['subscription'] ?? '', key)
    return back.problem ? refused(back.problem) : { done: 'money-back', back: back.data }
  },
  cancel: async ({ request, locals, params }) => {
    const form = await request.formData()
    const id = params['subscription'] ?? ''
    const answer = await cancelSubscription(locals.api, id, reasonOf(form), keyOf(form))
    if (answer.problem) return refused(answer.problem)
    redirect(303, '/services/mine')
  },
}
