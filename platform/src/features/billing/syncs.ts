import type { StripeSync } from '../../stripe/sync.ts'
import { customerSyncs } from './customer.ts'
import { invoiceSync } from './invoice/sync.ts'

/** What billing does when something of Stripe's changed: invoices, and the cards that are charged. */
export const billingSyncs: readonly StripeSync[] = [invoiceSync, ...customerSyncs]
