import { redirect, type Actions } from '@sveltejs/kit'
import { createBusiness } from '#lib/api/businesses.ts'
import { getLocale } from '#lib/paraglide/runtime.js'
import { businessChoices, readBusiness } from '#lib/server/business-form.ts'
import { keyOf, refused } from '@bizq/app-kit/forms.ts'

export const load = () => ({ choices: businessChoices(getLocale()) })

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    const made = await createBusiness(locals.api, readBusiness(form), keyOf(form))
    if (made.problem) return refused(made.problem)
    redirect(303, `/businesses/${made.data.id}/imports`)
  },
}
