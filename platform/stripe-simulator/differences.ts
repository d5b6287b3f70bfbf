/**
 * Where the version of Stripe that the SDK speaks (2026-10-28.endive) says otherwise than the description that answers and
 * requests are checked against (2023-08-16, the newest that is openly kept whole). A test fails when one is not needed.
 */
export interface Difference {
  /** An object, a part of one, or a request: `POST /v1/invoices`. */
  of: string
  /** `a.b` is within a; `*`: all of it is new. */
  field: string
  /** `gone`: it no longer has to be there. `free`: it may be there, as anything. */
  change: 'gone' | 'free'
  why: string
}

const invoices = 'Since 2025-03-31 an invoice can be paid in parts'
const taxes = 'Since 2025-03-31 taxes are told as `taxes` and `total_taxes`, alike on all objects'
const methods = 'Since 2026 the kinds of payment methods are named by `allowed_payment_method_types`'
const schedule = 'The schedule of payouts is an object of its own since 2025-08-27'
const items = 'Since 2025-03-31 each item of a subscription has a period of its own'

export const differences: Difference[] = [
  { of: 'invoice', field: 'paid', change: 'gone', why: `${invoices}: its status says whether it is` },
  {
    of: 'invoice',
    field: 'paid_out_of_band',
    change: 'gone',
    why: `${invoices}: amount_paid_off_stripe says how much`,
  },
  { of: 'invoice', field: 'total_tax_amounts', change: 'gone', why: taxes },
  {
    of: 'invoice_payment',
    field: '*',
    change: 'free',
    why: `${invoices}: each payment is an object of its own`,
  },
  { of: 'line_item', field: 'proration', change: 'gone', why: 'Since 2025-03-31 it stands in `parent`' },
  {
    of: 'line_item',
    field: 'type',
    change: 'gone',
    why: 'Since 2025-03-31 `parent.type` says where a line is from',
  },
  { of: 'credit_note', field: 'tax_amounts', change: 'gone', why: taxes },
  { of: 'credit_note_line_item', field: 'tax_amounts', change: 'gone', why: taxes },
  {
    of: 'account',
    field: 'type',
    change: 'free',
    why: 'An account made with `controller` has the type `none`',
  },
  { of: 'balance_settings', field: '*', change: 'free', why: schedule },
  {
    of: 'product',
    field: 'features',
    change: 'gone',
    why: 'Since 2024-04-10 they are called `marketing_features`',
  },
  { of: 'subscription', field: 'current_period_end', change: 'gone', why: items },
  { of: 'subscription', field: 'current_period_start', change: 'gone', why: items },
  { of: 'POST /v1/setup_intents', field: 'allowed_payment_method_types', change: 'free', why: methods },
  {
    of: 'POST /v1/invoices/create_preview',
    field: '*',
    change: 'free',
    why: 'Since 2025-03-31 in the place of GET /v1/invoices/upcoming',
  },
  { of: 'GET /v1/invoice_payments', field: '*', change: 'free', why: invoices },
  { of: 'GET /v1/invoice_payments/:', field: '*', change: 'free', why: invoices },
  {
    of: 'POST /v1/accounts',
    field: 'controller',
    change: 'free',
    why: 'Since 2024-02 in the place of `type`',
  },
  { of: 'GET /v1/balance_settings', field: '*', change: 'free', why: schedule },
  { of: 'POST /v1/balance_settings', field: '*', change: 'free', why: schedule },
  {
    of: 'POST /v1/accounts/:/external_accounts',
    field: 'external_account',
    change: 'free',
    why: 'The description knows a token alone; Stripe also takes the bank account itself, as its documentation says',
  },
  {
    of: 'GET /v1/accounts/:/external_accounts',
    field: 'object',
    change: 'free',
    why: 'The description leaves out the filter by kind, which Stripe has always had',
  },
]
