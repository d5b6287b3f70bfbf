import type { Role, UnitOfWork } from '../../db/unit-of-work.ts'
import { ProblemError } from '../../problems.ts'

/** Whether somebody of this role may hand that one on. */
export const mayGive: Record<Role, readonly Role[]> = {
  owner: ['owner', 'manager', 'certifier', 'viewer'],
  manager: ['manager', 'viewer'],
  certifier: ['certifier', 'viewer'],
  viewer: ['viewer'],
}

/** Refuses a role that this organisation does not have. */
export function requirePossibleRole(unit: UnitOfWork, role: Role): void {
  if (role === 'certifier' && unit.actor.organisationKind !== 'platform')
    throw new ProblemError('invalid-request', {
      detail: 'Only the platform’s own organisation has certifiers.',
      errors: [{ pointer: '/role', detail: 'must be owner, manager or viewer here' }],
    })
}
