import { redirect, type Actions } from '@sveltejs/kit'
import { answerOf } from '@bizq/app-kit/transport.ts'
import { passCookies } from '#lib/server/api.ts'
import { refused, secretText, text } from '@bizq/app-kit/forms.ts'
import { safePath } from '#lib/server/paths.ts'

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const email = text(form, 'email')
    const response = await event.locals.api.send('/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: secretText(form, 'password') }),
    })
    if (!response.ok) {
      const { problem } = await answerOf(response)
      if (problem) return refused(problem, { email })
    }
    passCookies(response, event)
    redirect(303, safePath(event.url.searchParams.get('next')))
  },
}
