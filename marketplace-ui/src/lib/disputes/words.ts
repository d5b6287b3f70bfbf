import type { Dispute } from '#lib/api/disputes.ts'
import { m } from '#lib/paraglide/messages.js'

const states: Record<Dispute['state'], () => string> = {
  open: m.dispute_state_open,
  answered: m.dispute_state_answered,
  decided: m.dispute_state_decided,
  withdrawn: m.dispute_state_withdrawn,
}
export const disputeStateWord = ({ state, isOverdue }: Dispute): string =>
  isOverdue && state === 'open' ? m.dispute_state_overdue() : states[state]()

export function disputeTone({ state, isOverdue }: Dispute): 'plain' | 'good' | 'wait' | 'bad' {
  if (state === 'decided') return 'good'
  if (state === 'withdrawn') return 'plain'
  return isOverdue ? 'bad' : 'wait'
}

const reasons: Record<Dispute['reason'], () => string> = {
  'wrong-result': m.dispute_reason_wrong_result,
  'harm-done': m.dispute_reason_harm_done,
  'not-as-described': m.dispute_reason_not_as_described,
  'data-misused': m.dispute_reason_data_misused,
  'charged-wrongly': m.dispute_reason_charged_wrongly,
  'no-support': m.dispute_reason_no_support,
  other: m.dispute_reason_other,
}
export const disputeReasonWord = (reason: Dispute['reason']): string => reasons[reason]()
export const disputeReasons = () =>
  (Object.keys(reasons) as Dispute['reason'][]).map((value) => ({ value, label: disputeReasonWord(value) }))

const wishes: Record<Dispute['wish'], () => string> = {
  explanation: m.dispute_wish_explanation,
  mending: m.dispute_wish_mending,
  credit: m.dispute_wish_credit,
  'end-without-cost': m.dispute_wish_end_without_cost,
}
export const disputeWishWord = (wish: Dispute['wish']): string => wishes[wish]()
export const disputeWishes = () =>
  (Object.keys(wishes) as Dispute['wish'][]).map((value) => ({ value, label: disputeWishWord(value) }))

const outcomes: Record<NonNullable<Dispute['outcome']>, () => string> = {
  'for-operator': m.dispute_outcome_for_operator,
  'for-provider': m.dispute_outcome_for_provider,
  shared: m.dispute_outcome_shared,
}
export const disputeOutcomeWord = (outcome: NonNullable<Dispute['outcome']>): string => outcomes[outcome]()
