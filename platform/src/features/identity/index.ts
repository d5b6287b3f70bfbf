export { ensurePlatform, invitePlatformOwner, listMembers } from './members.ts'
export { authenticateToken } from './tokens.ts'
export {
  findDismissed,
  findUserActor,
  getOrganisation,
  isStopped,
  listOrganisations,
  resumeByPlatform,
  stopByPlatform,
  renameOrganisation,
} from './service.ts'
export { Scope } from './schemas.ts'
export type { SignedIn } from './better-auth.ts'
export { identityRoutes, openIdentityRoutes } from './routes.ts'
