import { text } from '@bizq/app-kit/forms.ts'
import { resolve } from '$app/paths'
import { redirect, type Actions } from '@sveltejs/kit'
import { cookieOf } from '#lib/server/api.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = () => redirect(303, resolve('/'))

export const actions: Actions = {
  /** Which of their organisations somebody acts for here; the API asks anew whether they may. */
  default: async ({ request, cookies, url }) => {
    const form = await request.formData()
    const kind = text(form, 'kind') === 'platform' ? 'platform' : 'provider'
    const options = { path: '/', httpOnly: true, sameSite: 'lax' as const, secure: url.protocol === 'https:' }
    cookies.set(cookieOf(kind), text(form, 'organisation'), options)
    const back = text(form, 'back')
    redirect(303, back.startsWith(resolve('/')) ? back : resolve('/'))
  },
}
