import './events.ts'
export { subscriptionRoutes } from './routes.ts'
export { grantRoutes } from './grant-routes.ts'
export {
  endSubscriptionsJob,
  followReleases,
  forgetPreviewsJob,
  tellOfReleaseJob,
  upgradeSubscriptionsJob,
} from './jobs.ts'
export { requireAskedRelease } from './preview.ts'
export { cancelSubscription } from './service.ts'
export { upgradeSubscription } from './upgrade.ts'
export { endWithRelease, returnSubscription } from './upgrade-return.ts'
export { listReleaseNotices } from './upgrade-notices.ts'
export { listSubscribed } from './store.ts'
export { openGrant, openGrantById, openGrants, type OpenGrant } from './grants.ts'
export { materialise, type Materialised } from './materialise.ts'
export { listOverAllowance, recordDisclosure, recordDisclosures, requireAllowance } from './disclosures.ts'
export { resolvePseudonym, resolvePseudonyms, resolvePseudonymsAcross, type Named } from './resolve.ts'
export { findSubscriptions, listActiveSubscriptions, requireSubscription } from './subscription.ts'
export type { SubscriptionRow } from './store.ts'
export { SubscriptionId } from './schemas.ts'
export { numberOf, rowOf } from './numbers.ts'
export { isFenced } from './fences.ts'
export { listPersonalGrants, listPersonalGrantsOf } from './personal.ts'
