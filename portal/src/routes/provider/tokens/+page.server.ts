import type { Schemas } from '@bizq/client'
import { keyOf, refused, settled, text, texts } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** What a provider's token is any good for. */
const scopes = [
  'releases:write',
  'services:read',
  'events:read',
  'audit:read',
  'webhooks:write',
  '*',
] as const

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  return { tokens: need(await answer(api.GET('/tokens')), url).items, scopes }
}

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const days = text(form, 'expiresInDays')
    const name = text(form, 'name')
    const body = {
      name,
      role: text(form, 'role') as Schemas['Role'],
      scopes: texts(form, 'scopes') as Schemas['Scope'][],
      ...(days ? { expiresInDays: Number(days) } : {}),
    }
    const made = await answer(api.POST('/tokens', { body, ...once(keyOf(form)) }))
    return made.problem ? refused(made.problem, { name }) : { made: made.data }
  },
  revoke: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { token: text(form, 'token') }
    return settled(await answer(api.DELETE('/tokens/{token}', { params: { path } })), 'revoked')
  },
}
