import { fail, type Actions } from '@sveltejs/kit'
import { verifyAudit } from '#lib/api/audit.ts'
import { refused } from '#lib/server/forms.ts'

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const file = (await request.formData()).get('file')
    if (!(file instanceof File) || file.size === 0) return fail(422, { isMissing: true })
    const answer = await verifyAudit(locals.api, file)
    return answer.problem ? refused(answer.problem) : { verdict: answer.data, name: file.name }
  },
}
