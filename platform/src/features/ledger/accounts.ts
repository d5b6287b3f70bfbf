/** The accounts of the ledger. A debit is above zero: what the platform has, is owed, or spent. A credit is what it owes or earned. */
export const ledgerAccounts = [
  'operator_receivable',
  'operator_credit',
  'unsettled_sales',
  'stripe_balance',
  'processing',
  'platform_revenue',
  'conversion_revenue',
  'credit_cost',
  'launch_cost',
  'provider_payable',
  'tax',
  'disputes',
  'dispute_fees',
  'bad_debt',
  'rounding',
] as const
export type LedgerAccount = (typeof ledgerAccounts)[number]

/** Accounts that are kept for each organisation (UUID): the others are the platform's as a whole. */
export const partyAccounts: ReadonlySet<LedgerAccount> = new Set([
  'operator_receivable',
  'operator_credit',
  'provider_payable',
])

/** What an entry is booked for: a row of ours by its id on the wire (TypeID), or an object of Stripe by its own. */
export interface Cause {
  /** Such as `invoice`, `invoice_line`, `earning`, `transfer`, `transfer_reversal`, `refund`, `dispute`. */
  type: string
  id: string
}

export interface Posting {
  account: LedgerAccount
  /** The organisation's UUID, of the accounts that are kept for each. */
  party?: string
  currency: string
  /** Minor units; above 0 is a debit, below 0 a credit. Postings of 0 are left out. */
  amount: bigint
}

export interface Entry {
  /** What happened, such as `finalised`, `paid`, `settled`: one entry for each cause and kind. */
  kind: string
  cause: Cause
  at: Date
  /** In words, for who reads the ledger. Names nobody. */
  memo: string
  postings: readonly Posting[]
  /** What the cause follows from, for drilling down. */
  from?: readonly Cause[]
}
