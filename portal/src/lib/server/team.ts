import type { Schemas } from '@bizq/client'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { RequestEvent } from '@sveltejs/kit'
import type { Kind } from '#lib/server/api.ts'

type Role = Schemas['Role']

/** The people of the organisation of this kind that the reader acts for, and who is invited. */
export async function loadTeam({ locals, url }: Pick<RequestEvent, 'locals' | 'url'>, kind: Kind) {
  const api = await locals.api(kind)
  const [members, invitations] = await Promise.all([
    answer(api.GET('/members')),
    answer(api.GET('/invitations')),
  ])
  return { members: need(members, url).items, invitations: need(invitations, url).items }
}

/** What an owner does with them. */
export const teamActions = (kind: Kind) => ({
  role: async ({ request, locals }: RequestEvent) => {
    const form = await request.formData()
    const api = await locals.api(kind)
    const path = { member: text(form, 'member') }
    const body = { role: text(form, 'role') as Role }
    return settled(await answer(api.PUT('/members/{member}/role', { params: { path }, body })), 'changed')
  },
  remove: async ({ request, locals }: RequestEvent) => {
    const form = await request.formData()
    const api = await locals.api(kind)
    const path = { member: text(form, 'member') }
    return settled(await answer(api.DELETE('/members/{member}', { params: { path } })), 'removed')
  },
  withdraw: async ({ request, locals }: RequestEvent) => {
    const form = await request.formData()
    const api = await locals.api(kind)
    const path = { invitation: text(form, 'invitation') }
    return settled(await answer(api.DELETE('/invitations/{invitation}', { params: { path } })), 'withdrawn')
  },
  invite: async ({ request, locals, url }: RequestEvent) => {
    const form = await request.formData()
    const api = await locals.api(kind)
    const body = { email: text(form, 'email'), role: text(form, 'role') as Role }
    const invited = await answer(api.POST('/invitations', { body, ...once(keyOf(form)) }))
    if (invited.problem) return refused(invited.problem, { email: body.email }, 'invite')
    const { secret, email } = invited.data
    return { invited: email, link: secret ? `${url.origin}/join?secret=${encodeURIComponent(secret)}` : null }
  },
})
