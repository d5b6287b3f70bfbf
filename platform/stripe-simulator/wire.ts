import type Stripe from 'stripe'

export interface List<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  url: string
}

type Each<T> = T extends Stripe.Decimal
  ? string
  : T extends Stripe.ApiList<infer Item>
    ? List<Value<Item>>
    : T extends (infer Item)[]
      ? Value<Item>[]
      : T extends object
        ? { [Key in keyof T]: Value<T[Key]> }
        : T
type Value<T> = string extends T ? Exclude<T, object> : Each<T>

/** An object as it goes over the wire before anything is expanded: references are ids, decimals are strings. */
export type Wire<T> = { [Key in keyof T]: Value<T[Key]> }

export type Account = Wire<Stripe.Account>
export type BalanceTransaction = Wire<Stripe.BalanceTransaction>
export type BankAccount = Wire<Stripe.BankAccount>
export type Charge = Wire<Stripe.Charge>
export type CheckoutSession = Wire<Stripe.Checkout.Session>
export type Coupon = Wire<Stripe.Coupon>
export type CreditNote = Wire<Stripe.CreditNote>
export type Customer = Wire<Stripe.Customer>
export type CustomerBalanceTransaction = Wire<Stripe.CustomerBalanceTransaction>
export type Discount = Wire<Stripe.Discount>
export type Dispute = Wire<Stripe.Dispute>
export type File = Wire<Stripe.File>
export type Invoice = Wire<Stripe.Invoice>
export type InvoiceItem = Wire<Stripe.InvoiceItem>
export type InvoiceLine = Wire<Stripe.InvoiceLineItem>
export type InvoicePayment = Wire<Stripe.InvoicePayment>
export type PaymentIntent = Wire<Stripe.PaymentIntent>
export type PaymentMethod = Wire<Stripe.PaymentMethod>
export type Payout = Wire<Stripe.Payout>
export type PortalSession = Wire<Stripe.BillingPortal.Session>
export type Price = Wire<Stripe.Price>
export type Product = Wire<Stripe.Product>
export type Refund = Wire<Stripe.Refund>
export type SetupIntent = Wire<Stripe.SetupIntent>
export type Subscription = Wire<Stripe.Subscription>
export type SubscriptionItem = Wire<Stripe.SubscriptionItem>
export type TestClock = Wire<Stripe.TestHelpers.TestClock>
export type Transfer = Wire<Stripe.Transfer>
export type TransferReversal = Wire<Stripe.TransferReversal>
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>

/** Something that will happen by itself, on the simulator's clock or on a test clock. */
export interface Task {
  id: string
  object: 'task'
  /** Seconds since 1970. */
  at: number
  clock: string | null
  what: string
  about: string
}

/** What the simulator knows of an object and Stripe does not say. */
export interface Note {
  id: string
  object: 'note'
  [name: string]: string | number | boolean | null
}

/** Everything that is kept, by the `object` that it calls itself. */
export interface Kinds {
  account: Account
  balance_transaction: BalanceTransaction
  bank_account: BankAccount
  charge: Charge
  'checkout.session': CheckoutSession
  coupon: Coupon
  credit_note: CreditNote
  customer: Customer
  customer_balance_transaction: CustomerBalanceTransaction
  discount: Discount
  dispute: Dispute
  file: File
  invoice: Invoice
  invoiceitem: InvoiceItem
  line_item: InvoiceLine
  invoice_payment: InvoicePayment
  payment_intent: PaymentIntent
  payment_method: PaymentMethod
  payout: Payout
  'billing_portal.session': PortalSession
  price: Price
  product: Product
  refund: Refund
  setup_intent: SetupIntent
  subscription: Subscription
  subscription_item: SubscriptionItem
  'test_helpers.test_clock': TestClock
  transfer: Transfer
  transfer_reversal: TransferReversal
  webhook_endpoint: WebhookEndpoint
  task: Task
  note: Note
}
export type Kind = keyof Kinds
