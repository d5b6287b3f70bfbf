import type { Schemas } from '@bizq/client'
import type { Problem } from './transport.ts'

/** A role in an organisation: its word, and what it may do. */
export interface TeamRole {
  value: string
  label: () => string
  text: () => string
}

export const wordOf = (roles: readonly TeamRole[], role: string | null): string =>
  roles.find(({ value }) => value === role)?.label() ?? '–'

/** What the page of a team shows. */
export interface TeamData {
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

type Word = () => string

/** Its words, in the app's language. */
export interface TeamWords {
  title: Word
  person: Word
  you: Word
  email: Word
  role: Word
  roles: Word
  roleOf: (given: { name: string }) => string
  since: Word
  ends: Word
  change: Word
  remove: Word
  withdraw: Word
  open: Word
  invite: Word
  inviteNote: Word
  send: Word
  link: Word
  invited: (given: { email: string }) => string
  invitedText: Word
  invitedAgain: Word
}
