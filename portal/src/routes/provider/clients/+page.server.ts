import type { Schemas } from '@bizq/client'
import { keyOf, refused, settled, text, texts } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import { readKeys } from '#lib/oauth/keys.ts'
import { unreadable } from '#lib/oauth/unreadable.ts'
import type { PageServerLoad } from './$types'

/** What a program of a provider can be let do for people. */
const scopes = [
  'services:read',
  'businesses:read',
  'data:read',
  'subscriptions:write',
  'billing:read',
  'billing:write',
  'executions:read',
  'executions:run',
  'actions:read',
  'actions:decide',
  'audit:read',
  'events:read',
  'releases:write',
  'webhooks:write',
] as const

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  const [clients, consents, services] = await Promise.all([
    answer(api.GET('/provider/clients')),
    answer(api.GET('/consents')),
    answer(api.GET('/provider/services')),
  ])
  return {
    clients: need(clients, url).items,
    consents: consents.data?.items ?? [],
    services: services.data?.items.map(({ service }) => service) ?? [],
    discovery: `${url.origin}/.well-known/oauth-authorization-server/oauth`,
    scopes,
  }
}

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const [name, kind, jwks] = [text(form, 'name'), text(form, 'kind'), text(form, 'jwks')]
    const redirects = text(form, 'redirectUris')
    const kept = { name, kind, jwks, redirectUris: redirects }
    const keys = readKeys(jwks)
    if (!keys) return refused(unreadable(), kept)
    const body: Schemas['NewClient'] =
      kind === 'app'
        ? {
            kind: 'app',
            name,
            jwks: { keys },
            redirectUris: redirects.split(/\s+/).filter(Boolean),
            scopes: texts(form, 'scopes') as (typeof scopes)[number][],
          }
        : { kind: 'service', name, jwks: { keys } }
    const made = await answer(api.POST('/provider/clients', { body, ...once(keyOf(form)) }))
    if (made.problem) return refused(made.problem, kept)
    redirect(303, resolve('/provider/clients/[client]', { client: made.data.id }))
  },
  revoke: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { consent: text(form, 'consent') }
    return settled(await answer(api.DELETE('/consents/{consent}', { params: { path } })), 'revoked')
  },
}
