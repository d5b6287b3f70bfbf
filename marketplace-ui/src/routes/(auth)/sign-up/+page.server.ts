import { redirect, type Actions } from '@sveltejs/kit'
import { API_URL } from '$app/env/private'
import { createOrganisation } from '#lib/api/people.ts'
import { answerOf, createApi } from '@bizq/app-kit/transport.ts'
import { passCookies } from '#lib/server/api.ts'
import { keyOf, refused, secretText, text } from '@bizq/app-kit/forms.ts'
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
    // The session was made in this very request: the API has to see its cookie.
    const api = createApi(API_URL || event.url.origin, (url, init) => sendAs(url, init, response))
    const made = await createOrganisation(
      api,
      { name: values.organisation || values.name, kind: 'operator' },
      keyOf(form),
    )
    if (made.problem) return refused(made.problem, values)
    redirect(303, next)
  },
}

function sendAs(url: string, init: RequestInit, session: Response): Promise<Response> {
  const headers = new Headers(init.headers)
  const cookies = session.headers.getSetCookie().map((line) => line.split(';')[0])
  headers.set('cookie', cookies.join('; '))
  headers.set('origin', new URL(url).origin)
  return fetch(url, { ...init, headers })
}
