import { formatDateTime, formatMoney } from '@bizq/design-system'
import type { BillingStanding, PlanName } from '#lib/api/billing.ts'
import { m } from '#lib/paraglide/messages.js'
import { planWord } from './words.ts'

interface Said {
  tone: 'good' | 'wait' | 'bad'
  title: string
  text: string
}
type Standing = Pick<
  BillingStanding,
  'state' | 'trialEndsAt' | 'endsAt' | 'graceEndsAt' | 'nextAttemptAt' | 'owed' | 'resuming'
>

const dayOf = (iso: string | null, locale: string) => (iso ? formatDateTime(iso, locale, 'UTC', 'date') : '')

/** A trial after which a plan that was chosen begins. */
export const chosenInWords = (
  plan: PlanName,
  trialEndsAt: string,
  hasCard: boolean,
  locale: string,
): Said => ({
  tone: hasCard ? 'good' : 'wait',
  title: m.bil_trial_chosen({ plan: planWord(plan), date: dayOf(trialEndsAt, locale) }),
  text: hasCard ? m.bil_trial_ready() : m.bil_needs_card(),
})

/** A trial without a plan: on every page when it is nearly over, under Billing from its first day. */
export const trialInWords = (trialEndsAt: string, isNearlyOver: boolean, locale: string): Said => {
  const date = dayOf(trialEndsAt, locale)
  return isNearlyOver
    ? { tone: 'wait', title: m.bil_trial_ends({ date }), text: m.bil_trial_ends_text() }
    : { tone: 'wait', title: m.bil_trial({ date }), text: m.bil_trial_text() }
}

function pausedInWords({ resuming, endsAt }: Standing, locale: string): string {
  if (!resuming) return ''
  const [open, sum] = [formatMoney(resuming.open, locale), formatMoney(resuming.sum, locale)]
  const beforeTax = resuming.period && resuming.isBeforeTax ? ` ${m.bil_before_tax()}` : ''
  if (resuming.beginsAnewAfter === null)
    return m.bil_paused_ending({ sum, date: dayOf(endsAt, locale) }) + beforeTax
  if (!resuming.period) return m.bil_paused_text({ open, date: dayOf(resuming.beginsAnewAfter, locale) })
  return m.bil_paused_over({ open, sum, period: formatMoney(resuming.period, locale) }) + beforeTax
}

/** What a card is charged the moment it is given, while something is not paid; undefined where nothing is. */
export function cardChargedInWords(
  { state, owed, resuming }: Pick<Standing, 'state' | 'owed' | 'resuming'>,
  locale: string,
): string | undefined {
  if (resuming?.period) {
    const [open, sum] = [formatMoney(resuming.open, locale), formatMoney(resuming.sum, locale)]
    const period = formatMoney(resuming.period, locale)
    const text = resuming.beginsAnewAfter
      ? m.bil_card_charged_both({ open, sum, period })
      : m.bil_card_charged({ sum })
    return resuming.isBeforeTax ? `${text} ${m.bil_before_tax()}` : text
  }
  const isOwing = ['past_due', 'grace', 'paused'].includes(state) && owed && owed.amount > 0
  return isOwing ? m.bil_card_charged({ sum: formatMoney(owed, locale) }) : undefined
}

/** What is not well with an account after its trial; undefined while all is. */
export function standingInWords(account: Standing, locale: string): Said | undefined {
  const amount = account.owed ? formatMoney(account.owed, locale) : ''
  switch (account.state) {
    case 'past_due': {
      const date = dayOf(account.nextAttemptAt, locale)
      const text = account.nextAttemptAt ? m.bil_past_due_text({ date }) : m.bil_past_due_now()
      return { tone: 'bad', title: m.bil_past_due({ amount }), text }
    }
    case 'grace': {
      const date = dayOf(account.graceEndsAt, locale)
      return { tone: 'bad', title: m.bil_grace({ amount }), text: m.bil_grace_text({ date }) }
    }
    case 'paused':
      return { tone: 'bad', title: m.bil_paused(), text: pausedInWords(account, locale) }
    case 'lapsed':
    case 'cancelled':
      return { tone: 'bad', title: m.bil_lapsed(), text: m.bil_lapsed_text() }
    default:
      if (!account.endsAt) return undefined
      return {
        tone: 'wait',
        title: m.bil_ends({ date: dayOf(account.endsAt, locale) }),
        text: m.bil_ends_text(),
      }
  }
}
