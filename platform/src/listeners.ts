import type { Listener } from './db/unit-of-work.ts'
import {
  followReleaseEnds,
  followSource,
  withdrawOnCancel,
  withdrawOnReturn,
} from './features/actions/index.ts'
import { followForBilling } from './features/billing/index.ts'
import { forgetOnCancel, forgetPersonal, runOnEvents } from './features/executions/index.ts'
import { refreshOnChange } from './features/insights/index.ts'
import { redactOnChange } from './features/masking/index.ts'
import { refundOnEvents } from './features/refunds/index.ts'
import { numberLaunchCustomers } from './features/payouts/index.ts'
import { followRollouts } from './features/rollouts/index.ts'
import { followReleases } from './features/subscriptions/index.ts'
import { sendToEndpoints } from './features/webhooks/index.ts'
import { keepEvents, tellOfMoney } from './features/notifications/index.ts'

/** Who listens to what features emit, within the transaction that emits, in this order. */
export const listeners: readonly Listener[] = [
  keepEvents,
  followSource,
  withdrawOnCancel,
  withdrawOnReturn,
  followReleaseEnds,
  forgetOnCancel,
  forgetPersonal,
  runOnEvents,
  redactOnChange,
  refreshOnChange,
  followReleases,
  followRollouts,
  followForBilling,
  refundOnEvents,
  tellOfMoney,
  numberLaunchCustomers,
  sendToEndpoints,
]
