import { redirect, type Actions } from '@sveltejs/kit'
import { acceptInvitation, getMe } from '#lib/api/people.ts'
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
    event.cookies.set('bizq_organisation', joined.data?.id ?? '', {
      path: '/',
      httpOnly: false,
      sameSite: 'lax',
      secure: event.url.protocol === 'https:',
    })
    redirect(303, '/')
  },
}
