export {
  authenticateToken,
  findDismissed,
  findUserActor,
  getOrganisation,
  invitePlatformOwner,
  isStopped,
  listOrganisations,
  resumeByPlatform,
  stopByPlatform,
  renameOrganisation,
} from './service.ts'
export { Scope } from './schemas.ts'
export type { SignedIn } from './better-auth.ts'
export { identityRoutes, openIdentityRoutes } from './routes.ts'
