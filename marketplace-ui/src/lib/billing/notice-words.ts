import type { ToldNotice } from '#lib/api/notifications.ts'
import { planWord } from '#lib/billing/words.ts'
import { m } from '#lib/paraglide/messages.js'

export type MoneyNotice = NonNullable<ToldNotice['money']>

interface Written {
  date: string
  amount: string
}

/** What asks for something of the reader; the rest is good to know. */
const pressing: ReadonlySet<MoneyNotice['what']> = new Set([
  'trial-ending',
  'payment-failed',
  'payment-given-up',
  'paused',
  'cap-near',
  'cap-reached',
  'refund-failed',
])
export const isPressing = ({ what }: MoneyNotice): boolean => pressing.has(what)

const planOf = (words: string | null): string =>
  words === 'starter' || words === 'professional' || words === 'enterprise' ? planWord(words) : (words ?? '')

const sentences: { [What in MoneyNotice['what']]?: (notice: MoneyNotice, written: Written) => string } = {
  'trial-ending': ({ words }, { date }) =>
    words ? m.mnt_trial_plan({ date, plan: planOf(words) }) : m.mnt_trial({ date }),
  'payment-failed': ({ words }, { date }) => m.mnt_failed({ reason: words ?? '', date }),
  'payment-given-up': ({ words }) => m.mnt_given_up({ reason: words ?? '' }),
  paused: () => m.mnt_paused(),
  resumed: () => m.mnt_resumed(),
  'plan-changed': ({ words }) => (words ? m.mnt_plan({ plan: planOf(words) }) : m.mnt_plan_none()),
  'cap-near': (_, { amount }) => m.mnt_near({ amount }),
  'cap-reached': () => m.mnt_reached(),
  refunded: (_, { amount }) => m.mnt_refunded({ amount }),
  'refund-failed': () => m.mnt_refund_failed(),
  'credit-back': ({ until }, { amount, date }) =>
    until ? m.gvn_notice_credit_until({ amount, date }) : m.gvn_notice_credit({ amount }),
  'bank-took': (_, { amount }) => m.gvn_notice_taken({ amount }),
  'bank-returned': (_, { amount }) => m.gvn_notice_returned({ amount }),
  'invoice-paid': () => m.mnt_paid(),
}

/** What a notice says; nothing of what is not an operator's. */
export const moneySentence = (notice: MoneyNotice, written: Written): string | undefined =>
  sentences[notice.what]?.(notice, written)

export function placeOfNotice({ about }: MoneyNotice): string {
  if (about?.startsWith('ivc_')) return `/billing/invoices/${about}`
  return about?.startsWith('sub_') ? `/subscriptions/${about}` : '/billing'
}
