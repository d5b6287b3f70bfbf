import { keyOf, refused } from '@bizq/app-kit/forms.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import { m } from '#lib/paraglide/messages.js'
import { submissionOf } from '#lib/releases/submission.ts'

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    const form = await request.formData()
    const body = await submissionOf(form)
    if (!body) {
      const title = m.rel_manifest_wrong()
      return refused({
        type: 'about:blank',
        title,
        status: 422,
        errors: [{ pointer: '/manifest', detail: title }],
      })
    }
    const service = params['service'] ?? ''
    const api = await locals.api('provider')
    const call = api.POST('/provider/services/{service}/releases', {
      params: { path: { service } },
      body,
      ...once(keyOf(form)),
    })
    const made = await answer(call)
    if (made.problem) return refused(made.problem)
    redirect(
      303,
      resolve('/provider/services/[service]/releases/[release]', { service, release: made.data.id }),
    )
  },
}
