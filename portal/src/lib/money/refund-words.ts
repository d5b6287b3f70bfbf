import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'
import { plain } from './words.ts'

type Cause = Schemas['RefundCause']
type State = Schemas['RefundState']
type Tone = 'plain' | 'good' | 'wait' | 'bad'

const causes: Record<Cause, () => string> = {
  money_back: m.mny_rc_money_back,
  cancelled: m.mny_rc_cancelled,
  no_execution: m.mny_rc_no_execution,
  changed: m.mny_rc_changed,
  resting: m.mny_rc_resting,
  paused: m.mny_rc_paused,
  downgrade: m.mny_rc_downgrade,
  suspended: m.mny_rc_suspended,
  downtime: m.mny_rc_downtime,
  manual: m.mny_rc_manual,
  overpaid: m.mny_rc_overpaid,
  dispute: m.mny_rc_dispute,
  dispute_won: m.mny_rc_dispute_won,
  outside: m.mny_rc_outside,
}
export const causeWord = (cause: Cause): string => causes[cause]()
export const isCause = (name: string): name is Cause => name in causes
export const causeOptions = () =>
  (Object.keys(causes) as Cause[]).map((value) => ({ value, label: causeWord(value) }))

const states: Record<State, [() => string, Tone]> = {
  planned: [m.mny_rs_planned, 'wait'],
  pending: [m.mny_rs_pending, 'wait'],
  succeeded: [m.mny_rs_succeeded, 'good'],
  failed: [m.mny_rs_failed, 'plain'],
  refused: [m.mny_rs_refused, 'bad'],
}
export const stateWord = (state: State): string => states[state][0]()
export const stateTone = (state: State): Tone => states[state][1]
export const isState = (name: string): name is State => name in states
export const stateOptions = () =>
  (Object.keys(states) as State[]).map((value) => ({ value, label: stateWord(value) }))

const refusals: Record<string, () => string> = {
  charge_disputed: m.mny_rf_disputed,
  charge_already_refunded: m.mny_rf_already,
}
/** Why a refund was not made: Stripe's code in words, or the sentence that was kept. */
export const failureWord = (failure: string): string =>
  refusals[failure]?.() ?? (failure.includes(' ') ? failure : plain(failure))

const ways: Record<Schemas['RefundWay'], () => string> = {
  card: m.mny_rw_card,
  account_credit: m.mny_rw_credit,
  bank: m.mny_rw_bank,
}
export const wayWord = (way: Schemas['RefundWay']): string => ways[way]()
