import { redirect, type Actions } from '@sveltejs/kit'
import { listActions } from '#lib/api/actions.ts'
import { listExecutions, runSubscription } from '#lib/api/executions.ts'
import { keyOf, refused } from '@bizq/app-kit/forms.ts'
import { resultsOf } from '#lib/subscriptions/results.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:executions', 'bizq:actions')
  const [executions, actions] = await Promise.all([
    listExecutions(locals.api, params.subscription, { limit: 5 }),
    listActions(locals.api, { subscription: params.subscription, limit: 200 }),
  ])
  return {
    executions: executions.data?.items ?? [],
    actions: actions.data?.items.slice(0, 20) ?? [],
    results: resultsOf(actions.data?.items ?? []),
    isNew: url.searchParams.has('new'),
  }
}

export const actions: Actions = {
  run: async ({ request, locals, params }) => {
    const form = await request.formData()
    const answer = await runSubscription(locals.api, params['subscription'] ?? '', keyOf(form))
    if (answer.problem) return refused(answer.problem)
    redirect(303, `/executions/${answer.data.id}`)
  },
}
