import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Dispute = Schemas['Dispute']

const states: Record<Dispute['state'], () => string> = {
  open: m.dsp_state_open,
  answered: m.dsp_state_answered,
  decided: m.dsp_state_decided,
  withdrawn: m.dsp_state_withdrawn,
}
export const stateWord = ({ state, isOverdue }: Dispute): string =>
  isOverdue && state === 'open' ? m.dsp_overdue() : states[state]()

export function stateTone({ state, isOverdue }: Dispute): 'plain' | 'good' | 'wait' | 'bad' {
  if (state === 'decided') return 'good'
  if (state === 'withdrawn') return 'plain'
  return isOverdue ? 'bad' : 'wait'
}

const reasons: Record<Dispute['reason'], () => string> = {
  'wrong-result': m.dsp_reason_wrong_result,
  'harm-done': m.dsp_reason_harm_done,
  'not-as-described': m.dsp_reason_not_as_described,
  'data-misused': m.dsp_reason_data_misused,
  'charged-wrongly': m.dsp_reason_charged_wrongly,
  'no-support': m.dsp_reason_no_support,
  other: m.dsp_reason_other,
}
export const reasonWord = (reason: Dispute['reason']): string => reasons[reason]()

const wishes: Record<Dispute['wish'], () => string> = {
  explanation: m.dsp_wish_explanation,
  mending: m.dsp_wish_mending,
  credit: m.dsp_wish_credit,
  'end-without-cost': m.dsp_wish_end_without_cost,
}
export const wishWord = (wish: Dispute['wish']): string => wishes[wish]()

const outcomes: Record<NonNullable<Dispute['outcome']>, () => string> = {
  'for-operator': m.dsp_outcome_for_operator,
  'for-provider': m.dsp_outcome_for_provider,
  shared: m.dsp_outcome_shared,
}
export const outcomeWord = (outcome: NonNullable<Dispute['outcome']>): string => outcomes[outcome]()
export const outcomeOptions = () =>
  (Object.keys(outcomes) as NonNullable<Dispute['outcome']>[]).map((value) => ({
    value,
    label: outcomeWord(value),
  }))

const abouts: Record<Dispute['about'], () => string> = {
  subscription: m.dsp_about_subscription,
  action: m.dsp_about_action,
  execution: m.dsp_about_execution,
}
export const aboutWord = ({ about, actionType }: Dispute): string =>
  actionType ? `${abouts[about]()}: ${actionType}` : abouts[about]()
