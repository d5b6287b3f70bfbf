import { adminLooks, disputeLooks } from './looks/admin.ts'
import { analyticsLooks } from './looks/analytics.ts'
import { certifierLooks } from './looks/certifier.ts'
import type { Look } from './looks/look.ts'
import { billingLooks } from './looks/money.ts'
import { operatorLooks } from './looks/operator.ts'
import { portalShellLooks } from './looks/portal.ts'
import { portalMoneyLooks } from './looks/provider-money.ts'
import { codeLooks, rolloutLooks } from './looks/rollouts.ts'
import { reportLooks, selfserviceLooks } from './looks/selfservice.ts'
import { portalVoicesLooks, voicesLooks } from './looks/voices.ts'

/** Every page of the operators' app, with content in it. */
export const appLooks: Look[] = [
  ...operatorLooks,
  ...disputeLooks,
  ...billingLooks,
  ...codeLooks,
  ...reportLooks,
  ...voicesLooks,
]

/** Every page of the portal, with content in it. */
export const portalLooks: Look[] = [
  ...portalShellLooks,
  ...adminLooks,
  ...analyticsLooks,
  ...certifierLooks,
  ...portalMoneyLooks,
  ...rolloutLooks,
  ...selfserviceLooks,
  ...portalVoicesLooks,
]
