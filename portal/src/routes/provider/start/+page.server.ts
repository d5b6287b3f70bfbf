import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { apiFor } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { API_URL } from '$app/env/private'
import { resolve } from '$app/paths'
import { cookieOf } from '#lib/server/api.ts'
import { progressOf } from '#lib/start/progress.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, parent, url }) => {
  const { chosen } = await parent()
  const isNew = !chosen || url.searchParams.has('new')
  return { origin: url.origin, progress: isNew ? null : await progressOf(await locals.api('provider')) }
}

export const actions: Actions = {
  make: async (event) => {
    await event.locals.me()
    const form = await event.request.formData()
    const profile = {
      name: text(form, 'name'),
      country: text(form, 'country'),
      support: text(form, 'support'),
    }
    const base = API_URL || event.url.origin
    const { client } = apiFor(event, base, undefined)
    const body = { name: profile.name, kind: 'provider' as const }
    const made = await answer(client.POST('/organisations', { body, ...once(keyOf(form)) }))
    if (made.problem) return refused(made.problem, profile)
    const organisation = made.data?.id ?? ''
    event.cookies.set(cookieOf('provider'), organisation, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: event.url.protocol === 'https:',
    })
    const own = apiFor(event, base, organisation).client
    const said = await answer(own.PUT('/provider/profile', { body: profile }))
    // The organisation stands; what is not right of its profile is mended where it is changed later too.
    redirect(303, said.problem ? resolve('/provider/settings') : resolve('/provider/start'))
  },
}
