import { redirect, type Actions } from '@sveltejs/kit'
import {
  cancelSubscription,
  changeSubscription,
  getSubscription,
  pauseSubscription,
  resumeSubscription,
} from '#lib/api/subscriptions.ts'
import { need } from '#lib/server/api.ts'
import { keyOf, refused, settled } from '#lib/server/forms.ts'
import { readSettings } from '#lib/server/settings-form.ts'

export const actions: Actions = {
  save: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const id = params['subscription'] ?? ''
    const subscription = need(await getSubscription(locals.api, id), url)
    const settings = readSettings(subscription.settingsSchema, form)
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
  cancel: async ({ locals, params }) => {
    const answer = await cancelSubscription(locals.api, params['subscription'] ?? '')
    if (answer.problem) return refused(answer.problem)
    redirect(303, '/services/mine')
  },
}
