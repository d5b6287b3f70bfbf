import { redirect, type Actions } from '@sveltejs/kit'
import { passCookies } from '#lib/server/api.ts'

export const load = () => redirect(303, '/')

export const actions: Actions = {
  default: async (event) => {
    const response = await event.locals.api.send('/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    passCookies(response, event)
    event.cookies.delete('bizq_organisation', { path: '/' })
    redirect(303, '/sign-in')
  },
}
