import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'
import { plain } from './words.ts'

type Tone = 'plain' | 'good' | 'wait' | 'bad'
type TransferState = Schemas['Transfer']['state']
type PayoutState = Schemas['Payout']['state']

const transfers: Record<TransferState, [() => string, Tone]> = {
  planned: [m.mny_transfer_planned, 'wait'],
  made: [m.mny_transfer_made, 'good'],
  refused: [m.mny_transfer_refused, 'bad'],
}
export const transferWord = (state: TransferState): string => transfers[state][0]()
export const transferTone = (state: TransferState): Tone => transfers[state][1]

const refusals: Record<string, () => string> = {
  balance_insufficient: m.mny_refusal_balance,
  insufficient_capabilities_for_transfer: m.mny_refusal_account,
  account_invalid: m.mny_refusal_account,
}
/** Why Stripe made no transfer. What is kept is `code: sentence`: the code in words, or the sentence alone. */
export function refusalWord(kept: string): string {
  const [code = '', sentence] = kept.split(/: (.*)/s)
  return refusals[code]?.() ?? sentence ?? asSentence(kept)
}

const payouts: Record<PayoutState, [() => string, Tone]> = {
  pending: [m.mny_payout_pending, 'wait'],
  in_transit: [m.mny_payout_in_transit, 'wait'],
  paid: [m.mny_payout_paid, 'good'],
  failed: [m.mny_payout_failed, 'bad'],
  canceled: [m.mny_payout_canceled, 'plain'],
}
export const payoutWord = (state: PayoutState): string => payouts[state][0]()
export const payoutTone = (state: PayoutState): Tone => payouts[state][1]

const payoutFailures: Record<string, () => string> = {
  account_closed: m.mny_payout_closed,
  no_account: m.mny_payout_details,
  incorrect_account_holder_name: m.mny_payout_details,
  invalid_account_number: m.mny_payout_details,
}
/** Why a bank took no payout: Stripe's sentence, or its code in words. */
export const payoutFailureWord = (kept: string): string => payoutFailures[kept]?.() ?? asSentence(kept)

const asSentence = (kept: string): string => (kept.includes(' ') ? kept : plain(kept))

const standings: Record<Schemas['ProviderAccount']['state'], [() => string, Tone]> = {
  none: [m.mny_state_none, 'wait'],
  restricted: [m.mny_state_restricted, 'bad'],
  due: [m.mny_state_due, 'wait'],
  enabled: [m.mny_state_enabled, 'good'],
}
type Standing = Pick<Schemas['ProviderAccount'], 'state' | 'isLost'>
export const standingWord = ({ state, isLost }: Standing): string =>
  isLost ? m.pyt_state_lost() : standings[state][0]()
export const standingTone = ({ state }: Standing): Tone => standings[state][1]

const schedules: Record<Schemas['PayoutSchedule'], () => string> = {
  daily: m.mny_daily,
  weekly: m.mny_weekly,
  monthly: m.mny_monthly,
}
export const scheduleWord = (schedule: Schemas['PayoutSchedule']): string => schedules[schedule]()
export const scheduleOptions = () =>
  (Object.keys(schedules) as Schemas['PayoutSchedule'][]).map((value) => ({
    value,
    label: scheduleWord(value),
  }))
