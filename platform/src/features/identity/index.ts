export {
  authenticateToken,
  findDismissed,
  findUserActor,
  getOrganisation,
  isStopped,
  setStopped,
} from './service.ts'
export { Organisation, RoleName } from './schemas.ts'
export type { SignedIn } from './better-auth.ts'
export { identityRoutes, openIdentityRoutes } from './routes.ts'
