import type { Schemas } from '@bizq/client'
import type { Problem } from '@bizq/app-kit/transport.ts'

/** What the page of a team shows. */
export interface TeamData {
  user: { id: string }
  chosen: { role: string | null } | undefined
  members: Schemas['Member'][]
  invitations: Schemas['Invitation'][]
}

/** What came of its forms. */
export interface TeamForm {
  problem?: Problem
  values?: Record<string, string>
  invited?: string
  link?: string | null
}
