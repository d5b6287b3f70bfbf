import { redirect, type Actions } from '@sveltejs/kit'
import { acceptInvitation, getMe } from '#lib/api/people.ts'
import { keepOrganisation } from '#lib/server/api.ts'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await getMe(locals.api)
  if (!me.data?.user) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`)
  return { user: me.data.user, secret: url.searchParams.get('secret') ?? '' }
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const joined = await acceptInvitation(event.locals.api, text(form, 'secret'), keyOf(form))
    if (joined.problem) return refused(joined.problem)
    if (joined.data) keepOrganisation(event.cookies, joined.data.id, event.url)
    redirect(303, '/')
  },
}
