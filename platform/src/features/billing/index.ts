import './events.ts'
export {
  addRefunded,
  findInvoiceOfCharge,
  findInvoiceOfLine,
  findOwnerOfLine,
  giveAccountCredit,
  listPaidLines,
  lockInvoiceLines,
  presentOf,
  type RefundableLine,
} from './refundable.ts'
export { followForBilling } from './listen.ts'
