import type { Actor, Role } from '../db/unit-of-work.ts'
import { ProblemError } from '../problems.ts'

const ranks: Record<Role, number> = { viewer: 0, certifier: 0, manager: 1, owner: 2 }

/** Refuses who has less than this role in the organisation. */
export function requireRole(actor: Actor, role: Role): void {
  if (ranks[actor.role] < ranks[role]) {
    throw new ProblemError('forbidden', { detail: `This needs the role ${role}; yours is ${actor.role}.` })
  }
}

/** Refuses a token that was not given this scope, e.g. `actions:decide`. */
export function requireScope(actor: Actor, scope: string): void {
  if (!actor.scopes.includes('*') && !actor.scopes.includes(scope)) {
    throw new ProblemError('forbidden', { detail: `This token lacks the scope ${scope}.` })
  }
}

/** Refuses organisations of other kinds. */
export function requireOrganisationKind(actor: Actor, kind: Actor['organisationKind']): void {
  if (actor.organisationKind !== kind) {
    throw new ProblemError('forbidden', { detail: `This is for ${kind} organisations.` })
  }
}

/** Refuses who does not administer the marketplace: an owner or a manager of the platform's organisation. */
export function requireAdmin(actor: Actor): void {
  requireOrganisationKind(actor, 'platform')
  requireRole(actor, 'manager')
}

/** Refuses who does not certify: a certifier, or an owner, of the platform's organisation. */
export function requireCertifier(actor: Actor): void {
  requireOrganisationKind(actor, 'platform')
  if (actor.role !== 'certifier' && actor.role !== 'owner') {
    throw new ProblemError('forbidden', { detail: `This needs the role certifier; yours is ${actor.role}.` })
  }
}
