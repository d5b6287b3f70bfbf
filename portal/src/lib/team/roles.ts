import { m } from '#lib/paraglide/messages.js'

/** The roles of a provider's people, from most to least. */
export const providerRoles = ['owner', 'manager', 'viewer'] as const

export function roleWord(role: string | null): string {
  if (role === 'owner') return m.role_owner()
  if (role === 'manager') return m.role_manager()
  return m.role_viewer()
}

export const roleOptions = () => providerRoles.map((value) => ({ value, label: roleWord(value) }))
