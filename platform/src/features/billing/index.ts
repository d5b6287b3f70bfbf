import './events.ts'
export { billingChecks, billingComparisons } from './beside.ts'
export {
  addRefunded,
  findInvoiceOfCharge,
  findInvoiceOfLine,
  findLine,
  findOwnerOfLine,
  findReturning,
  giveCredit,
  listPaidLines,
  lockInvoiceLines,
  presentOf,
  type RefundableLine,
} from './refundable.ts'
export { ownPresent } from './account.ts'
export { openReceipt, type InvoiceFile } from './documents.ts'
export { followForBilling } from './listen.ts'
export { billingTickJob, clocksJob, tellJob, turnJob } from './jobs.ts'
export { letterOf } from './tell.ts'
export { billingRoutes } from './routes.ts'
export { ownPriceRoutes } from './own-price-routes.ts'
export { offerRoutes } from './admin-routes.ts'
export { billingSyncs } from './syncs.ts'
export type { TakenBack } from './taken-back.ts'
