import { redirect, type Actions } from '@sveltejs/kit'
import { createOrganisation } from '#lib/api/people.ts'
import { answerOf, type Api } from '#lib/api/transport.ts'
import { passCookies } from '#lib/server/api.ts'
import { keyOf, refused, secretText, text } from '#lib/server/forms.ts'
import { safePath } from '#lib/server/paths.ts'

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const values = {
      name: text(form, 'name'),
      email: text(form, 'email'),
      organisation: text(form, 'organisation'),
    }
    const response = await event.locals.api.send('/auth/sign-up/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: values.name,
        email: values.email,
        password: secretText(form, 'password'),
      }),
    })
    if (!response.ok) {
      const { problem } = await answerOf(response)
      if (problem) return refused(problem, values)
    }
    passCookies(response, event)
    const next = safePath(event.url.searchParams.get('next'))
    if (next.startsWith('/join')) redirect(303, next)
    const made = await createOrganisation(
      withCookies(event.locals.api, response),
      { name: values.organisation || values.name, kind: 'operator' },
      keyOf(form),
    )
    if (made.problem) return refused(made.problem, values)
    redirect(303, next)
  },
}

/** The session that was just made, in the same request. */
function withCookies(api: Api, response: Response): Api {
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return {
    send: (path, init) => api.send(path, { ...init, headers: { ...(init.headers as object), cookie } }),
  }
}
