import './events.ts'
export { subscriptionRoutes } from './routes.ts'
export { grantRoutes, type ReadDelivered } from './grant-routes.ts'
export { forgetPreviewsJob, upgradeOnPublication, upgradeSubscriptionsJob } from './jobs.ts'
export {
  openGrant,
  openGrantById,
  openGrants,
  requireActiveGrant,
  windowStart,
  type OpenGrant,
} from './grants.ts'
export { materialise, type Materialised } from './materialise.ts'
export { listOverAllowance, recordDisclosure, recordDisclosures, requireAllowance } from './disclosures.ts'
export { resolvePseudonym, resolvePseudonyms, resolvePseudonymsAcross, type Named } from './resolve.ts'
export { findSubscriptions, listActiveSubscriptions, requireSubscription } from './subscription.ts'
export type { SubscriptionRow } from './store.ts'
export { SubscriptionId } from './schemas.ts'
