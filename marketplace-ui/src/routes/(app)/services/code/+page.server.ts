import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** A link of a provider's may bring its code along: it is used when the button is pressed. */
export const load: PageServerLoad = ({ url }) => ({ code: given(url.searchParams.get('code')) ?? '' })

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    const code = text(form, 'code')
    const call = locals.api.client.POST('/service-invitations/accept', {
      body: { code },
      ...once(keyOf(form)),
    })
    const used = await answer(call)
    return used.problem ? refused(used.problem, { code }) : { admitted: used.data }
  },
}
