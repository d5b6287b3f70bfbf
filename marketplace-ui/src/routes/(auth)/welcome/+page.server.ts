import { redirect, type Actions } from '@sveltejs/kit'
import { createOrganisation, getMe } from '#lib/api/people.ts'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals }) => {
  const me = await getMe(locals.api)
  if (!me.data?.user) redirect(303, '/sign-in')
  if (me.data.organisation) redirect(303, '/')
  return { user: me.data.user }
}

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    const name = text(form, 'organisation')
    const made = await createOrganisation(locals.api, { name, kind: 'operator' }, keyOf(form))
    if (made.problem) return refused(made.problem, { organisation: name })
    redirect(303, '/')
  },
}
