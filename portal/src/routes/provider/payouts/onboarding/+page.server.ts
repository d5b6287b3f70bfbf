import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  const [account, profile, payments] = await Promise.all([
    answer(api.GET('/provider/account')),
    answer(api.GET('/provider/profile')),
    answer(api.GET('/payments')),
  ])
  const standing = need(account, url)
  // What was lost is begun anew there.
  if (standing.isLost) redirect(303, resolve('/provider/payouts'))
  const asked = /^[A-Z]{2}$/.exec(url.searchParams.get('country') ?? '')?.[0]
  return {
    account: standing,
    country: standing.country ?? asked ?? profile.data?.country ?? 'US',
    // An account keeps the country that it was made with: none is made before it was chosen.
    isCountryChosen: standing.country !== null || asked !== undefined,
    publishableKey: payments.data?.publishableKey ?? null,
  }
}

export const actions: Actions = {
  link: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const country = text(form, 'country')
    const body = { country, returnTo: '/portal/provider/payouts' }
    const link = await answer(api.POST('/provider/account/onboarding-link', { body, ...once(keyOf(form)) }))
    return link.problem ? refused(link.problem, { country }) : { url: link.data.url }
  },
}
