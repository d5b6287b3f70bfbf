import { m } from '#lib/paraglide/messages.js'

type Words = Record<string, () => string>

/** What has no word of its own keeps its name. */
const read = (words: Words, key: string): string => words[key]?.() ?? key

const outcomes: Words = {
  succeeded: m.run_outcome_succeeded,
  failed: m.run_outcome_failed,
  'timed-out': m.run_outcome_timed_out,
  'out-of-memory': m.run_outcome_out_of_memory,
  crashed: m.run_outcome_crashed,
  'input-too-large': m.run_outcome_input_too_large,
  'output-too-large': m.run_outcome_output_too_large,
  'invalid-output': m.run_outcome_invalid_output,
  'window-too-large': m.run_outcome_window_too_large,
  'read-allowance-reached': m.run_outcome_read_allowance_reached,
  'retry-later': m.run_outcome_retry_later,
  'cannot-serve': m.run_outcome_cannot_serve,
  unreachable: m.run_outcome_unreachable,
}
export const outcomeWord = (outcome: string) => read(outcomes, outcome)
export const outcomeOptions = () =>
  Object.entries(outcomes).map(([value, word]) => ({ value, label: word() }))

const waiting = new Set(['retry-later', 'read-allowance-reached', 'cannot-serve', 'window-too-large'])
export const outcomeTone = (outcome: string): 'good' | 'wait' | 'bad' =>
  outcome === 'succeeded' ? 'good' : waiting.has(outcome) ? 'wait' : 'bad'

const rejections: Words = {
  'wrong-facts': m.rejection_wrong_facts,
  'bad-timing': m.rejection_bad_timing,
  'amount-too-high': m.rejection_amount_too_high,
  'amount-too-low': m.rejection_amount_too_low,
  relationship: m.rejection_relationship,
  tone: m.rejection_tone,
  'already-done': m.rejection_already_done,
  'not-wanted': m.rejection_not_wanted,
  other: m.rejection_other,
}
export const rejectionWord = (code: string) => read(rejections, code)

const endings: Words = {
  'not-useful': m.ending_not_useful,
  'wrong-proposals': m.ending_wrong_proposals,
  'too-many-proposals': m.ending_too_many_proposals,
  'too-expensive': m.ending_too_expensive,
  'feature-missing': m.ending_feature_missing,
  errors: m.ending_errors,
  privacy: m.ending_privacy,
  switched: m.ending_switched,
  'only-a-trial': m.ending_only_a_trial,
  'business-ended': m.ending_business_ended,
  other: m.ending_other,
}
export const endingWord = (code: string) => read(endings, code)

const activities: Words = {
  'ran-lately': m.subscriber_ran_lately,
  'ran-before': m.subscriber_ran_before,
  'not-yet': m.subscriber_not_yet,
}
export const activityWord = (activity: string) => read(activities, activity)

const states: Words = {
  active: m.subscriber_active,
  paused: m.subscriber_paused,
  cancelled: m.subscriber_cancelled,
}
export const subscriberStateWord = (state: string) => read(states, state)
