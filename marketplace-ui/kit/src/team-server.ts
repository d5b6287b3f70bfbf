import type { BizqClient, Schemas } from '@bizq/client'
import type { RequestEvent } from '@sveltejs/kit'
import { keyOf, refused, settled, text } from './forms.ts'
import { need } from './server.ts'
import { answer, once } from './transport.ts'

type Role = Schemas['Role']

/** The people of the reader's organisation, and who is invited. */
export async function loadTeam(client: BizqClient, url: URL) {
  const [members, invitations] = await Promise.all([
    answer(client.GET('/members')),
    answer(client.GET('/invitations')),
  ])
  return { members: need(members, url).items, invitations: need(invitations, url).items }
}

/** What an owner does with them. */
export const teamActions = <E extends RequestEvent>(
  clientOf: (event: E) => BizqClient | Promise<BizqClient>,
) => ({
  role: async (event: E) => {
    const form = await event.request.formData()
    const api = await clientOf(event)
    const path = { member: text(form, 'member') }
    const body = { role: text(form, 'role') as Role }
    return settled(await answer(api.PUT('/members/{member}/role', { params: { path }, body })), 'changed')
  },
  remove: async (event: E) => {
    const form = await event.request.formData()
    const api = await clientOf(event)
    const path = { member: text(form, 'member') }
    return settled(await answer(api.DELETE('/members/{member}', { params: { path } })), 'removed')
  },
  withdraw: async (event: E) => {
    const form = await event.request.formData()
    const api = await clientOf(event)
    const path = { invitation: text(form, 'invitation') }
    return settled(await answer(api.DELETE('/invitations/{invitation}', { params: { path } })), 'withdrawn')
  },
  invite: async (event: E) => {
    const form = await event.request.formData()
    const api = await clientOf(event)
    const body = { email: text(form, 'email'), role: text(form, 'role') as Role }
    const invited = await answer(api.POST('/invitations', { body, ...once(keyOf(form)) }))
    if (invited.problem) return refused(invited.problem, { email: body.email }, 'invite')
    const { secret, email } = invited.data
    return {
      invited: email,
      link: secret ? `${event.url.origin}/join?secret=${encodeURIComponent(secret)}` : null,
    }
  },
})
