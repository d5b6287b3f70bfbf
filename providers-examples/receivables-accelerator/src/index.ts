import { defineProvider, usd, z } from '@bizq/sdk'
import { reportOf } from './month.ts'
import { learnWaiting } from './waiting.ts'
import { wordsAfter } from './words.ts'

const dayOf = (iso: string) => Math.floor(Date.parse(iso) / 86_400_000)

/** The first `count` items by worth, and those level with the last of them: ids must not decide. */
function firstOf<T extends { worth: number }>(count: number, items: readonly T[]): T[] {
  const last = items.map((item) => item.worth).toSorted((a, b) => b - a)[count - 1] ?? -Infinity
  return count > 0 ? items.filter((item) => item.worth >= last) : []
}

export default defineProvider({
  service: 'receivables-accelerator',
  version: '1.0.0',
  name: 'Receivables Accelerator',
  category: 'financial/cash-flow',
  summary: 'Chases late invoices politely, in the order that brings cash in soonest.',
  docs: 'https://bizq.example/services/receivables-accelerator',
  support: 'support@bizq.example',
  pricing: { monthly: usd(8) },
  capabilities: ['receivables_acceleration'],
  data: {
    invoices: {
      fields: ['id', 'customer', 'dueAt', 'paidAt', 'amountDue', 'status', 'remindedAt', 'remindersSent'],
      history: '365d',
      purpose: 'To learn how late each customer usually pays, and to find the invoices worth a reminder.',
    },
  },
  money: 'scaled',
  actions: ['invoice.remind'],
  schedule: 'daily',
  settings: z.object({
    graceDays: z.int().min(0).max(60).default(5).describe('Days late before the first reminder'),
    daysBetweenReminders: z.int().min(3).max(90).default(10).describe('Days between two reminders'),
    remindersAtMost: z.int().min(1).max(10).default(3).describe('Reminders for one invoice'),
    remindersForOneCustomer: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe('Reminders at a time for one customer'),
  }),

  execute({ data, settings, today, propose }) {
    const now = dayOf(today.toString())
    const known = data.invoices.flatMap((invoice) => {
      const { customer, status, paidAt, amountDue, remindedAt } = invoice
      const isPaid = status === 'paid' && paidAt !== null
      if (!isPaid && (status !== 'open' || amountDue.amount <= 0)) return []
      const daysLate = (isPaid ? dayOf(paidAt) : now) - dayOf(invoice.dueAt)
      const isResting = remindedAt !== null && now - dayOf(remindedAt) < settings.daysBetweenReminders
      return [{ invoice, customer: customer ?? invoice.id, isPaid, daysLate, isResting }]
    })
    const wait = learnWaiting(known)
    const owed = known.filter((i) => !i.isPaid)
    const owedIn = Map.groupBy(owed, (i) => i.invoice.amountDue.currency)
    // What is owed in a currency is its measure: nobody tells a rate between two currencies.
    const total = (of: typeof owed) => of.reduce((sum, i) => sum + i.invoice.amountDue.amount, 0)
    const totals = new Map([...owedIn].map(([currency, of]) => [currency, total(of)]))
    const late = owed
      .filter((i) => i.daysLate > settings.graceDays && !i.isResting)
      .filter((i) => (i.invoice.remindersSent ?? 0) < settings.remindersAtMost)
      .map((i) => {
        const { amount, currency } = i.invoice.amountDue
        const expected = wait(i.customer, i.daysLate)
        return { ...i, ...expected, worth: (amount / (totals.get(currency) ?? amount)) * expected.days }
      })

    const historyOf = Map.groupBy(known, (i) => i.customer)
    const reminders = [...Map.groupBy(late, (i) => i.customer)].flatMap(([customer, theirs]) => {
      const resting = historyOf.get(customer)?.filter((i) => !i.isPaid && i.isResting) ?? []
      return firstOf(settings.remindersForOneCustomer - resting.length, theirs)
    })
    reminders.sort((a, b) => b.worth - a.worth)
    for (const { invoice, customer, unpaidInAWeek } of reminders.slice(0, 500)) {
      const paid = (historyOf.get(customer) ?? []).filter((i) => i.isPaid)
      const latest = firstOf(
        5,
        paid.map((i) => ({ ...i, worth: dayOf(i.invoice.paidAt ?? '') })),
      )
      const because = [invoice, ...latest.map((i) => i.invoice)].slice(0, 20)
      const words = wordsAfter(invoice.remindersSent ?? 0)
      const confidence = Math.round(unpaidInAWeek * 1000) / 1000
      propose(
        'invoice.remind',
        { invoice: invoice.id, ...words },
        { impact: invoice.amountDue, confidence, because },
      )
    }
    return { metrics: { openInvoices: owed.length, lateInvoices: late.length, reminders: reminders.length } }
  },

  report: ({ history }) => reportOf(history),
})
