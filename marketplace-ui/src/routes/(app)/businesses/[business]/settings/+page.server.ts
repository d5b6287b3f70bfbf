import type { Actions } from '@sveltejs/kit'
import { changeBusiness } from '#lib/api/businesses.ts'
import { getLocale } from '#lib/paraglide/runtime.js'
import { businessChoices, readBusiness } from '#lib/server/business-form.ts'
import { settled } from '@bizq/app-kit/forms.ts'

export const load = () => ({ choices: businessChoices(getLocale()) })

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    const form = await request.formData()
    return settled(await changeBusiness(locals.api, params['business'] ?? '', readBusiness(form)), 'saved')
  },
}
