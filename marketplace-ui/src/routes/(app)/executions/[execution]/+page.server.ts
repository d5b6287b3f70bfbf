import type { Actions } from '@sveltejs/kit'
import { listActions } from '#lib/api/actions.ts'
import { getExecution, getReceipt, replayExecution, setLogShared } from '#lib/api/executions.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, settled } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:executions', 'bizq:actions')
  const execution = need(await getExecution(locals.api, params.execution), url)
  const [receipt, proposed] = await Promise.all([
    getReceipt(locals.api, params.execution),
    listActions(locals.api, { execution: params.execution, limit: 100 }),
  ])
  return { execution, receipt: receipt.data ?? null, actions: proposed.data?.items ?? [] }
}

export const actions: Actions = {
  replay: async ({ request, locals, params }) => {
    const form = await request.formData()
    const answer = await replayExecution(locals.api, params['execution'] ?? '', keyOf(form))
    return answer.problem ? refused(answer.problem) : { replay: answer.data }
  },
  share: async ({ locals, params }) =>
    settled(await setLogShared(locals.api, params['execution'] ?? '', true), 'shared'),
  'take-back': async ({ locals, params }) =>
    settled(await setLogShared(locals.api, params['execution'] ?? '', false), 'taken-back'),
}
