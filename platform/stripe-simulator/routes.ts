import { accountRoutes } from './accounts.ts'
import { balanceSettingsRoutes } from './balance-settings.ts'
import { balanceRoutes } from './balance.ts'
import { bankAccountRoutes } from './bank-accounts.ts'
import type { Route } from './call.ts'
import { chargeRoutes } from './charges.ts'
import { couponRoutes } from './coupons.ts'
import { creditNoteRoutes } from './credit-notes.ts'
import { customerRoutes } from './customers.ts'
import { disputeRoutes } from './disputes.ts'
import { eventRoutes } from './events.ts'
import { exchangeRateRoutes } from './exchange-rates.ts'
import { fileRoutes } from './files.ts'
import { invoiceItemRoutes } from './invoice-items.ts'
import { invoiceRoutes } from './invoices.ts'
import { onboardingRoutes } from './onboarding.ts'
import { paymentIntentRoutes } from './payment-intents.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { payoutRoutes } from './payouts.ts'
import { productRoutes } from './products.ts'
import { refundRoutes } from './refunds.ts'
import { setupRoutes } from './setup.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { testClockRoutes } from './test-clocks.ts'
import { transferRoutes } from './transfers.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

/** Everything under /v1 that the simulator answers. */
export const routes: Route[] = [
  ...accountRoutes,
  ...balanceSettingsRoutes,
  ...balanceRoutes,
  ...bankAccountRoutes,
  ...chargeRoutes,
  ...couponRoutes,
  ...creditNoteRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...exchangeRateRoutes,
  ...fileRoutes,
  ...invoiceItemRoutes,
  ...invoiceRoutes,
  ...onboardingRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...payoutRoutes,
  ...productRoutes,
  ...refundRoutes,
  ...setupRoutes,
  ...subscriptionRoutes,
  ...testClockRoutes,
  ...transferRoutes,
  ...webhookEndpointRoutes,
]
