import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { apiFor } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { API_URL } from '$app/env/private'
import { resolve } from '$app/paths'
import { cookieOf } from '#lib/server/api.ts'

export const actions: Actions = {
  make: async (event) => {
    await event.locals.me()
    const form = await event.request.formData()
    const name = text(form, 'name')
    const { client } = apiFor(event, API_URL || event.url.origin, undefined)
    const made = await answer(
      client.POST('/organisations', { body: { name, kind: 'provider' }, ...once(keyOf(form)) }),
    )
    if (made.problem) return refused(made.problem, { name })
    const isSecure = event.url.protocol === 'https:'
    event.cookies.set(cookieOf('provider'), made.data?.id ?? '', {
      path: '/',
      sameSite: 'lax',
      secure: isSecure,
    })
    redirect(303, resolve('/provider'))
  },
}
