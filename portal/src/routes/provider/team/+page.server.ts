import type { Schemas } from '@bizq/client'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

type Role = Schemas['Role']

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('provider')
  const [members, invitations] = await Promise.all([
    answer(api.GET('/members')),
    answer(api.GET('/invitations')),
  ])
  return { members: need(members, url).items, invitations: need(invitations, url).items }
}

export const actions: Actions = {
  role: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { member: text(form, 'member') }
    const body = { role: text(form, 'role') as Role }
    return settled(await answer(api.PUT('/members/{member}/role', { params: { path }, body })), 'changed')
  },
  remove: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { member: text(form, 'member') }
    return settled(await answer(api.DELETE('/members/{member}', { params: { path } })), 'removed')
  },
  withdraw: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { invitation: text(form, 'invitation') }
    return settled(await answer(api.DELETE('/invitations/{invitation}', { params: { path } })), 'withdrawn')
  },
  invite: async ({ request, locals, url }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const body = { email: text(form, 'email'), role: text(form, 'role') as Role }
    const invited = await answer(api.POST('/invitations', { body, ...once(keyOf(form)) }))
    if (invited.problem) return refused(invited.problem, { email: body.email }, 'invite')
    const { secret, email } = invited.data
    return { invited: email, link: secret ? `${url.origin}/join?secret=${encodeURIComponent(secret)}` : null }
  },
}
