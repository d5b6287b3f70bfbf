import type { RejectionReason } from '@bizq/sdk/contract'
import { redirect, type Actions } from '@sveltejs/kit'
import { decideAction, getAction, undoAction, type DecisionBody } from '#lib/api/actions.ts'
import { readParameters } from '#lib/decide/parameters.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:actions')
  return { action: need(await getAction(locals.api, params.action), url) }
}

export const actions: Actions = {
  decide: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const id = params['action'] ?? ''
    const decision = text(form, 'decision')
    const version = text(form, 'version')
    let body: DecisionBody = { decision: 'approve', version }
    if (decision === 'reject') {
      const words = text(form, 'text')
      const code = text(form, 'code') as RejectionReason
      body = { decision, version, reason: { code, ...(words ? { text: words } : {}) } }
    } else if (decision === 'edit') {
      const action = need(await getAction(locals.api, id), url)
      body = { decision, version, parameters: readParameters(action, form) }
    }
    const answer = await decideAction(locals.api, id, body, keyOf(form))
    if (answer.problem) return refused(answer.problem)
    redirect(303, `/actions/${id}`)
  },
  undo: async ({ request, locals, params }) => {
    const form = await request.formData()
    const answer = await undoAction(locals.api, params['action'] ?? '', keyOf(form))
    return answer.problem ? refused(answer.problem) : { undone: true }
  },
}
