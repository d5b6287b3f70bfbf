import type { TeamRole, TeamWords } from '@bizq/app-kit/team.ts'
import { m } from '#lib/paraglide/messages.js'

/** The roles of a provider's people, from most to least. */
export const providerRoles: readonly TeamRole[] = [
  { value: 'owner', label: m.role_owner, text: m.role_owner_text },
  { value: 'manager', label: m.role_manager, text: m.role_manager_text },
  { value: 'viewer', label: m.role_viewer, text: m.role_viewer_text },
]

/** The roles of who runs the marketplace. */
export const platformRoles: readonly TeamRole[] = [
  { value: 'owner', label: m.role_owner, text: m.adm_role_owner_text },
  { value: 'manager', label: m.adm_role_manager, text: m.adm_role_manager_text },
  { value: 'certifier', label: m.adm_role_certifier, text: m.adm_role_certifier_text },
  { value: 'viewer', label: m.role_viewer, text: m.adm_role_viewer_text },
]

export const teamWords: TeamWords = {
  title: m.team_title,
  person: m.person,
  you: m.team_you,
  email: m.email,
  role: m.role,
  roles: m.team_roles,
  roleOf: m.team_role_of,
  since: m.since,
  ends: m.ends,
  change: m.change,
  remove: m.remove,
  withdraw: m.team_withdraw,
  open: m.team_open,
  invite: m.team_invite,
  inviteNote: m.team_invite_note,
  send: m.team_invite_send,
  link: m.team_link,
  invited: m.team_invited,
  invitedText: m.team_invited_text,
  invitedAgain: m.team_invited_again,
}
