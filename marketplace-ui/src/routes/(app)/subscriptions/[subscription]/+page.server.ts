import { redirect, type Actions } from '@sveltejs/kit'
import { listActions } from '#lib/api/actions.ts'
import { listUsage } from '#lib/api/billing.ts'
import { getAvailability } from '#lib/api/catalogue.ts'
import { getPersonalConsent, withdrawPersonal } from '#lib/api/subscriptions.ts'
import { listMembers } from '#lib/api/people.ts'
import type { Api } from '@bizq/app-kit/transport.ts'
import { personalOf } from '#lib/server/consent.ts'
import { listExecutions, runSubscription } from '#lib/api/executions.ts'
import { keyOf, refused, settled, texts } from '@bizq/app-kit/forms.ts'
import { saveCap } from '#lib/billing/cap-form.ts'
import { resultsOf } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends, parent }) => {
  depends('bizq:executions', 'bizq:actions', 'bizq:billing')
  const [executions, actions, personal, usage, availability] = await Promise.all([
    listExecutions(locals.api, params.subscription, { limit: 5 }),
    listActions(locals.api, { subscription: params.subscription, limit: 200 }),
    getPersonalConsent(locals.api, params.subscription),
    listUsage(locals.api, { subscription: params.subscription }),
    parent().then(({ subscription }) => getAvailability(locals.api, subscription.service.id)),
  ])
  return {
    executions: executions.data?.items ?? [],
    actions: actions.data?.items.slice(0, 20) ?? [],
    results: resultsOf(actions.data?.items ?? []),
    usage: usage.data?.items[0] ?? null,
    availability: availability.data ?? null,
    personal: personal.data ?? null,
    givenBy: await nameOf(locals.api, personal.data?.givenBy ?? null),
    isNew: url.searchParams.has('new'),
  }
}

/** The name of a member of the organisation. */
async function nameOf(api: Api, user: string | null): Promise<string | null> {
  if (!user) return null
  const members = await listMembers(api)
  return members.data?.items.find((member) => member.user === user)?.name ?? null
}

export const actions: Actions = {
  cap: async ({ request, locals }) => saveCap(locals.api, await request.formData()),
  run: async ({ request, locals, params }) => {
    const form = await request.formData()
    const answer = await runSubscription(locals.api, params['subscription'] ?? '', keyOf(form))
    if (answer.problem) return refused(answer.problem)
    redirect(303, `/executions/${answer.data.id}`)
  },
  withdraw: async ({ request, locals, params }) => {
    const form = await request.formData()
    const fields = personalOf(texts(form, 'field'))
    return settled(
      await withdrawPersonal(locals.api, params['subscription'] ?? '', fields, keyOf(form)),
      'withdrawn',
    )
  },
}
