import type { Actions } from '@sveltejs/kit'
import {
  changeRole,
  inviteMember,
  listInvitations,
  listMembers,
  removeMember,
  type Role,
} from '#lib/api/people.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const [members, invitations] = await Promise.all([listMembers(locals.api), listInvitations(locals.api)])
  return { members: need(members, url).items, invitations: invitations.data?.items ?? [] }
}

export const actions: Actions = {
  role: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await changeRole(locals.api, text(form, 'member'), text(form, 'role') as Role), 'changed')
  },
  remove: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await removeMember(locals.api, text(form, 'member')), 'removed')
  },
  invite: async ({ request, locals, url }) => {
    const form = await request.formData()
    const invited = await inviteMember(
      locals.api,
      { email: text(form, 'email'), role: text(form, 'role') as Role },
      keyOf(form),
    )
    if (invited.problem) return refused(invited.problem)
    const { secret, email } = invited.data
    return { invited: email, link: secret ? `${url.origin}/join?secret=${encodeURIComponent(secret)}` : null }
  },
}
