import type { Actions } from '@sveltejs/kit'
import { resumeEverything, stopEverything } from '#lib/api/people.ts'
import { keepOrganisation } from '#lib/server/api.ts'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals }) => ({ theme: locals.theme })

export const actions: Actions = {
  theme: async ({ request, cookies, url }) => {
    const theme = text(await request.formData(), 'theme')
    if (theme === 'light' || theme === 'dark') {
      cookies.set('theme', theme, {
        path: '/',
        httpOnly: false,
        sameSite: 'lax',
        secure: url.protocol === 'https:',
        maxAge: 31_536_000,
      })
    } else cookies.delete('theme', { path: '/' })
    return { done: 'theme' }
  },
  organisation: async ({ request, cookies, url }) => {
    const id = text(await request.formData(), 'organisation')
    keepOrganisation(cookies, id, url)
    return { done: 'organisation' }
  },
  stop: async ({ request, locals }) =>
    settled(await stopEverything(locals.api, keyOf(await request.formData())), 'stopped'),
  resume: async ({ locals }) => settled(await resumeEverything(locals.api), 'resumed'),
}
