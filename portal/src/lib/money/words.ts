import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

export type LedgerAccount = Schemas['LedgerAccountName']

const accounts: Record<LedgerAccount, [() => string, () => string]> = {
  operator_receivable: [m.mny_acc_receivable, m.mny_acc_receivable_note],
  operator_credit: [m.mny_acc_credit, m.mny_acc_credit_note],
  unsettled_sales: [m.mny_acc_unsettled, m.mny_acc_unsettled_note],
  stripe_balance: [m.mny_acc_stripe, m.mny_acc_stripe_note],
  processing: [m.mny_acc_processing, m.mny_acc_processing_note],
  platform_revenue: [m.mny_acc_revenue, m.mny_acc_revenue_note],
  conversion_revenue: [m.mny_acc_conversion, m.mny_acc_conversion_note],
  credit_cost: [m.mny_acc_credit_cost, m.mny_acc_credit_cost_note],
  launch_cost: [m.mny_acc_launch_cost, m.mny_acc_launch_cost_note],
  provider_payable: [m.mny_acc_payable, m.mny_acc_payable_note],
  tax: [m.mny_acc_tax, m.mny_acc_tax_note],
  disputes: [m.mny_acc_disputes, m.mny_acc_disputes_note],
  dispute_fees: [m.mny_acc_dispute_fees, m.mny_acc_dispute_fees_note],
  bad_debt: [m.mny_acc_bad_debt, m.mny_acc_bad_debt_note],
  rounding: [m.mny_acc_rounding, m.mny_acc_rounding_note],
}
export const accountWord = (account: LedgerAccount): string => accounts[account][0]()
export const accountNote = (account: LedgerAccount): string => accounts[account][1]()
export const accountOptions = () =>
  (Object.keys(accounts) as LedgerAccount[]).map((value) => ({ value, label: accountWord(value) }))

export const isAccount = (name: string): name is LedgerAccount => name in accounts

const kinds: Record<string, () => string> = {
  finalised: m.mny_kind_finalised,
  taxed: m.mny_kind_taxed,
  paid: m.mny_kind_paid,
  settled: m.mny_kind_settled,
  reversed: m.mny_kind_reversed,
  parted: m.mny_kind_parted,
  failed: m.mny_kind_failed,
  withdrawn: m.mny_kind_withdrawn,
  returned: m.mny_kind_returned,
  beyond: m.mny_kind_beyond,
  'beyond-returned': m.mny_kind_beyond_returned,
  made: m.mny_kind_made,
  ended: m.mny_kind_ended,
}
/** What an entry was booked as. */
export const kindWord = (kind: string): string => kinds[kind]?.() ?? plain(kind)
export const kindOptions = () => Object.keys(kinds).map((value) => ({ value, label: kindWord(value) }))

const causeTypes: Record<string, () => string> = {
  invoice: m.mny_ct_invoice,
  invoice_line: m.mny_ct_invoice_line,
  earning: m.mny_ct_earning,
  refund: m.mny_ct_refund,
  dispute: m.mny_ct_dispute,
  transfer: m.mny_ct_transfer,
  transfer_reversal: m.mny_ct_transfer_reversal,
  balance_transaction: m.mny_ct_balance_transaction,
}
export const causeTypeWord = (type: string): string => causeTypes[type]?.() ?? plain(type)
export const causeTypeOptions = () =>
  Object.keys(causeTypes).map((value) => ({ value, label: causeTypeWord(value) }))

/** What a person knows a cause by: what it is for, its invoice’s number, who pays; of a transfer, who is paid. */
export function knownBy(about: Schemas['LedgerCauseTold']['about'] | undefined): string[] {
  const party = about?.operator ?? about?.provider
  return [about?.words, about?.number, party?.name].flatMap((text) => (text ? [text] : []))
}

/** Accounts that are kept for each organisation: their sums open to one line each. */
export const isByParty = (account: LedgerAccount): boolean =>
  account === 'operator_receivable' || account === 'operator_credit' || account === 'provider_payable'

/** `invoice_line` and `transfer.reversed` as words. */
export function plain(name: string): string {
  const words = name.replaceAll(/[_.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
