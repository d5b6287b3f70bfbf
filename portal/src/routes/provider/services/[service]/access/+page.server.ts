import type { Schemas } from '@bizq/client'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { service: params.service }
  const codes = await answer(api.GET('/provider/services/{service}/invitations', { params: { path } }))
  return { codes: need(codes, url).items }
}

type Visibility = Schemas['ServiceChange']['visibility']

export const actions: Actions = {
  show: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    const visibility = text(form, 'visibility') as Visibility
    const call = api.PATCH('/provider/services/{service}', { params: { path }, body: { visibility } })
    return settled(await answer(call), m.rel_visible_done())
  },
  make: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    const kind = text(form, 'kind') === 'test' ? 'test' : 'listing'
    const label = text(form, 'label')
    const maxUses = kind === 'test' ? 1 : Number(text(form, 'maxUses')) || 1
    const body = { kind, label, maxUses, days: Number(text(form, 'days')) || 30 } as const
    const call = api.POST('/provider/services/{service}/invitations', {
      params: { path },
      body,
      ...once(keyOf(form)),
    })
    const made = await answer(call)
    return made.problem ? refused(made.problem, { label }) : { code: made.data.code }
  },
  revoke: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '', invitation: text(form, 'invitation') }
    const call = api.DELETE('/provider/services/{service}/invitations/{invitation}', { params: { path } })
    return settled(await answer(call), m.rel_code_revoked())
  },
}
