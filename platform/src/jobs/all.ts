import { carryOutJob, expireActionsJob, withdrawJob } from '../features/actions/index.ts'
import { countDaysJob, tellObjectionJob, tellSubscribersJob } from '../features/administration/index.ts'
import { closeDaysJob } from '../features/analytics/index.ts'
import { measureAvailabilityJob } from '../features/availability/index.ts'
import { billingTickJob, clocksJob, tellJob, turnJob } from '../features/billing/index.ts'
import { levelsJob } from '../features/certification/index.ts'
import { importJob } from '../features/data/index.ts'
import { tellDisputeJob, tellLateJob } from '../features/disputes/index.ts'
import { forgetInputsJob, runJob, runRemoteJob, tickJob } from '../features/executions/index.ts'
import { refreshInsightsJob } from '../features/insights/index.ts'
import { redactTextsJob } from '../features/masking/index.ts'
import { forgetArtifactsJob } from '../features/oauth/index.ts'
import { deliverJob } from '../features/webhooks/index.ts'
import { followEventJob, followObjectJob, ratesJob, reconcileJob } from '../features/payments/index.ts'
import {
  creditDowntimeJob,
  evidenceJob,
  settleRefundJob,
  sweepRefundsJob,
  takeBackJob,
} from '../features/refunds/index.ts'
import { makeTransferJob, planTransfersJob, reverseTransferJob } from '../features/payouts/index.ts'
import { makeReportJob, reportMonthJob } from '../features/reports/index.ts'
import { tellReviewJob } from '../features/reviews/index.ts'
import { tellMessageJob } from '../features/threads/index.ts'
import { endReleasesJob, recertifyJob, settleReleaseJob } from '../features/releases/index.ts'
import {
  endSubscriptionsJob,
  forgetPreviewsJob,
  tellOfReleaseJob,
  upgradeSubscriptionsJob,
} from '../features/subscriptions/index.ts'
import { followTestersJob, judgeJob, returnJob, takeJob } from '../features/rollouts/index.ts'
import type { JobDefinition } from './define.ts'
import { forgetOldJob } from './forget-old.ts'

/** Every job of every feature; their queues are made when the database is migrated. */
export const allJobs: readonly JobDefinition[] = [
  importJob,
  redactTextsJob,
  carryOutJob,
  deliverJob,
  expireActionsJob,
  withdrawJob,
  refreshInsightsJob,
  runJob,
  runRemoteJob,
  tickJob,
  forgetInputsJob,
  settleReleaseJob,
  recertifyJob,
  levelsJob,
  endReleasesJob,
  takeJob,
  returnJob,
  followTestersJob,
  judgeJob,
  upgradeSubscriptionsJob,
  tellOfReleaseJob,
  endSubscriptionsJob,
  forgetPreviewsJob,
  closeDaysJob,
  measureAvailabilityJob,
  forgetOldJob,
  forgetArtifactsJob,
  tellReviewJob,
  tellDisputeJob,
  tellLateJob,
  tellSubscribersJob,
  tellObjectionJob,
  countDaysJob,
  tellMessageJob,
  followEventJob,
  followObjectJob,
  reconcileJob,
  ratesJob,
  settleRefundJob,
  takeBackJob,
  sweepRefundsJob,
  evidenceJob,
  creditDowntimeJob,
  makeTransferJob,
  reverseTransferJob,
  planTransfersJob,
  makeReportJob,
  reportMonthJob,
  billingTickJob,
  clocksJob,
  turnJob,
  tellJob,
]
