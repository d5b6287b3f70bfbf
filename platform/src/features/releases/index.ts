import './events.ts'
export { releaseRoutes } from './routes.ts'
export { invitationRoutes } from './invitation-routes.ts'
export type { ReleaseChecks } from './checks.ts'
export { certificateRoutes, openCertificateRoutes } from './certificate-routes.ts'
export { findPublishedDocument, readDocument, type DocumentContent } from './documents.ts'
export { documentAnswer, DocumentName, sendDocument } from './document-response.ts'
export { reviewByRisk, type ReviewRule } from './review-rule.ts'
export { requireTakesSubscribers } from './review.ts'
export { endReleasesJob, recertifyJob, settleReleaseJob } from './jobs.ts'
export {
  describeReleases,
  listPublished,
  loadBundle,
  requirePublished,
  type PublishedRelease,
} from './published.ts'
export { requireRelease as requireOwnRelease, requireService as requireOwnService } from './release.ts'
export { publishStaged, revertStaged } from './publication.ts'
export { listReleases as listOwnReleases } from './service.ts'
export { listProviderServices as listOwnServices } from './services.ts'
export { ReleaseId, ReleaseState, ServiceLevel, ServiceId, ServiceRef } from './schemas.ts'
export {
  findStagedRelease,
  isTestOperator,
  listTestOperators,
  requireListed,
  requireOffered,
  type Viewer,
} from './offered.ts'
export { restoreService, suspendService } from './hold.ts'
export { selectListed } from './published-store.ts'
export { findSubmission, listSubmissions, type SubmissionRow } from './certificate-store.ts'
export { ReleaseDocument, Report, ReviewNote, ReviewReason } from './certificate-schemas.ts'
export { changesOf } from './changes.ts'
export { recheckWaiting } from './recertify.ts'
export {
  approveWaiting,
  askAboutWaiting,
  lockWaiting,
  readSubmitted,
  refuseWaiting,
  type SubmittedRelease,
  type WaitingRelease,
} from './review.ts'
