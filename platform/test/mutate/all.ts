import { administrationMutations } from './administration.ts'
import { analyticsMutations } from './analytics.ts'
import { besideStripe } from './beside-stripe.ts'
import { billingMutations } from './billing.ts'
import { bounds } from './bounds.ts'
import { certification } from './certification.ts'
import { clockMutations } from './clocks.ts'
import { conduct } from './conduct.ts'
import { decisions } from './decisions.ts'
import { downtimeMutations } from './downtime.ts'
import { identityMutations } from './identity.ts'
import { ledgerMutations } from './ledger.ts'
import type { Mutation } from './mutation.ts'
import { pauseMutations } from './pauses.ts'
import { payoutMutations } from './payouts.ts'
import { personal } from './personal.ts'
import { paymentMutations } from './payments.ts'
import { privacy } from './privacy.ts'
import { refundMutations } from './refunds.ts'
import { rolloutMutations } from './rollouts.ts'
import { sandbox } from './sandbox.ts'
import { selfservice } from './selfservice.ts'
import { stripeSide } from './stripe-side.ts'
import { stripeSimulator } from './stripe-simulator.ts'
import { tenancyMutations } from './tenancy.ts'
import { toldMutations } from './told.ts'
import { transactions } from './transactions.ts'
import { voices } from './voices.ts'

/** Every sabotage that a test must notice. */
export const mutations: readonly Mutation[] = [
  ...tenancyMutations,
  ...privacy,
  ...personal,
  ...sandbox,
  ...identityMutations,
  ...decisions,
  ...transactions,
  ...conduct,
  ...administrationMutations,
  ...analyticsMutations,
  ...rolloutMutations,
  ...selfservice,
  ...certification,
  ...voices,
  ...ledgerMutations,
  ...payoutMutations,
  ...bounds,
  ...paymentMutations,
  ...refundMutations,
  ...toldMutations,
  ...downtimeMutations,
  ...billingMutations,
  ...pauseMutations,
  ...besideStripe,
  ...clockMutations,
  ...stripeSimulator,
  ...stripeSide,
]
