import { refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { error, redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import { m } from '#lib/paraglide/messages.js'
import { readKeys, type PublicJwk } from '#lib/oauth/keys.ts'
import { unreadable } from '#lib/oauth/unreadable.ts'
import type { PageServerLoad } from './$types'

type Locals = App.Locals

async function clientOf(locals: Locals, id: string, url: URL) {
  const api = await locals.api('provider')
  const client = need(await answer(api.GET('/provider/clients')), url).items.find((one) => one.id === id)
  if (!client) error(404, { message: m.client_gone() })
  return { api, client, keys: client.jwks.keys as PublicJwk[] }
}

export const load: PageServerLoad = async ({ locals, params, url }) => ({
  client: (await clientOf(locals, params.client, url)).client,
  platform: url.origin,
})

export const actions: Actions = {
  add: async ({ request, locals, params, url }) => {
    const jwks = text(await request.formData(), 'jwks')
    const added = readKeys(jwks)
    if (!added) return refused(unreadable(), { jwks })
    const { api, client, keys } = await clientOf(locals, params['client'] ?? '', url)
    const body = { jwks: { keys: [...keys, ...added] } }
    const path = { client: client.id }
    const saved = await answer(api.PUT('/provider/clients/{client}/keys', { params: { path }, body }))
    return saved.problem ? refused(saved.problem, { jwks }) : { done: 'added' }
  },
  drop: async ({ request, locals, params, url }) => {
    const kid = text(await request.formData(), 'kid')
    const { api, client, keys } = await clientOf(locals, params['client'] ?? '', url)
    const body = { jwks: { keys: keys.filter((key) => key.kid !== kid) } }
    const path = { client: client.id }
    return settled(
      await answer(api.PUT('/provider/clients/{client}/keys', { params: { path }, body })),
      'dropped',
    )
  },
  delete: async ({ locals, params }) => {
    const api = await locals.api('provider')
    const path = { client: params['client'] ?? '' }
    const gone = await answer(api.DELETE('/provider/clients/{client}', { params: { path } }))
    if (gone.problem) return refused(gone.problem)
    redirect(303, resolve('/provider/clients'))
  },
}
