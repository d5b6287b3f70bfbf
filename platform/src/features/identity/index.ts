export { authenticateToken, findDismissed, findUserActor, isStopped } from './service.ts'
export type { SignedIn } from './better-auth.ts'
export { identityRoutes, openIdentityRoutes } from './routes.ts'
