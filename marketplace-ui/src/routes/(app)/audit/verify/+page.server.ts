import { fail, type Actions } from '@sveltejs/kit'
import { verifyAudit } from '#lib/api/audit.ts'
import { refused, text } from '@bizq/app-kit/forms.ts'

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    const file = form.get('file')
    if (!(file instanceof File) || file.size === 0) return fail(422, { isMissing: true })
    const answer = await verifyAudit(locals.api, file, text(form, 'knownHead'))
    return answer.problem ? refused(answer.problem) : { verdict: answer.data, name: file.name }
  },
}
