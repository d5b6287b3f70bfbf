import { m } from '#lib/paraglide/messages.js'

/** A role in an organisation: its word, and what it may do. */
export interface TeamRole {
  value: string
  label: () => string
  text: () => string
}

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

export const wordOf = (roles: readonly TeamRole[], role: string | null): string =>
  roles.find(({ value }) => value === role)?.label() ?? '–'
