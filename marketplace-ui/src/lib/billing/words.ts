import type { BillingAccount, InvoiceLine, InvoiceSummary, PlanName, Refund } from '#lib/api/billing.ts'
import { m } from '#lib/paraglide/messages.js'

type Tone = 'plain' | 'good' | 'wait' | 'bad'

const plans: Record<PlanName, () => string> = {
  starter: m.bil_plan_starter,
  professional: m.bil_plan_professional,
  enterprise: m.bil_plan_enterprise,
}
export const planWord = (plan: PlanName): string => plans[plan]()

const accountStates: Record<BillingAccount['state'], [() => string, Tone]> = {
  trialing: [m.bil_state_trialing, 'good'],
  active: [m.bil_state_active, 'good'],
  past_due: [m.bil_state_past_due, 'bad'],
  grace: [m.bil_state_grace, 'bad'],
  paused: [m.bil_state_paused, 'bad'],
  lapsed: [m.bil_state_lapsed, 'wait'],
  cancelled: [m.bil_state_cancelled, 'wait'],
}
export const accountStateWord = (state: BillingAccount['state']): string => accountStates[state][0]()
export const accountStateTone = (state: BillingAccount['state']): Tone => accountStates[state][1]

const invoiceStates: Record<InvoiceSummary['state'], [() => string, Tone]> = {
  draft: [m.bil_invoice_draft, 'plain'],
  open: [m.bil_invoice_open, 'wait'],
  paid: [m.bil_invoice_paid, 'good'],
  uncollectible: [m.bil_invoice_uncollectible, 'bad'],
  void: [m.bil_invoice_void, 'plain'],
}
export const invoiceStateWord = (state: InvoiceSummary['state']): string => invoiceStates[state][0]()
export const invoiceStateTone = (state: InvoiceSummary['state']): Tone => invoiceStates[state][1]

const lineKinds: Record<InvoiceLine['kind'], () => string> = {
  plan: m.bil_line_plan,
  'plan-unused': m.bil_line_plan_unused,
  monthly: m.bil_line_monthly,
  'catch-up': m.bil_line_catch_up,
  usage: m.bil_line_usage,
}
export const lineKindWord = (kind: InvoiceLine['kind']): string => lineKinds[kind]()

const causes: Record<Refund['cause'], () => string> = {
  money_back: m.bil_cause_money_back,
  cancelled: m.bil_cause_cancelled,
  no_execution: m.bil_cause_no_execution,
  changed: m.bil_cause_changed,
  resting: m.bil_cause_resting,
  downgrade: m.bil_cause_downgrade,
  suspended: m.bil_cause_suspended,
  paused: m.bil_cause_paused,
  downtime: m.bil_cause_downtime,
  manual: m.bil_cause_manual,
  overpaid: m.bil_cause_overpaid,
  dispute: m.bil_cause_dispute,
  dispute_won: m.bil_cause_dispute_won,
  outside: m.bil_cause_outside,
}
export const causeWord = (cause: Refund['cause']): string => causes[cause]()

const ways: Record<Refund['way'], () => string> = {
  card: m.bil_way_card,
  account_credit: m.bil_way_credit,
  bank: m.bil_way_bank,
}
export const wayWord = (way: Refund['way']): string => ways[way]()

const refundStates: Record<Refund['state'], [() => string, Tone]> = {
  planned: [m.bil_refund_planned, 'wait'],
  pending: [m.bil_refund_pending, 'wait'],
  succeeded: [m.bil_refund_succeeded, 'good'],
  failed: [m.bil_refund_failed, 'plain'],
  refused: [m.bil_refund_refused, 'bad'],
}
export const refundStateWord = (state: Refund['state']): string => refundStates[state][0]()
const refusals: Record<string, () => string> = {
  charge_disputed: m.bil_refusal_disputed,
  charge_already_refunded: m.bil_refusal_already,
}
/** Why a refund was not given back, where there are words for it. */
export const refusalWord = ({ state, failure }: Refund): string | undefined =>
  state === 'refused' && failure
    ? (refusals[failure]?.() ?? (failure.includes(' ') ? failure : undefined))
    : undefined
export const refundStateTone = (state: Refund['state']): Tone => refundStates[state][1]

/** A card's name as it is written on it. */
export function brandWord(brand: string): string {
  return brand.charAt(0).toUpperCase() + brand.slice(1)
}
