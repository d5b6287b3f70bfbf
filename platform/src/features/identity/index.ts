export {
  authenticateToken,
  findDismissed,
  findUserActor,
  invitePlatformOwner,
  isStopped,
  listOrganisations,
} from './service.ts'
export { Scope } from './schemas.ts'
export type { SignedIn } from './better-auth.ts'
export { identityRoutes, openIdentityRoutes } from './routes.ts'
