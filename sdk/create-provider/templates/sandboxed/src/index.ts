import { defineProvider, usd, z } from '@bizq/sdk'

export default defineProvider({
  service: 'my-provider',
  version: '1.0.0',
  name: 'My Provider',
  category: 'financial/cash-flow',
  summary: 'Reminds customers of late invoices, the ones that bring in most first.',
  support: 'https://my-provider.example/support', // yours: an e-mail address or an https page
  pricing: { monthly: usd(5) },
  capabilities: ['receivables_acceleration'],
  data: {
    invoices: {
      fields: ['id', 'dueAt', 'amountDue', 'status', 'remindedAt'],
      history: '180d',
      purpose: 'To find the invoices that are late and what each is worth.',
    },
  },
  money: 'scaled', // ratios are enough
  actions: ['invoice.remind'],
  schedule: 'daily',
  settings: z.object({
    graceDays: z.int().min(0).max(60).default(5).describe('Days after the due day before a reminder.'),
  }),

  execute({ data, settings, today, propose }) {
    const latest = today.subtract({ days: settings.graceDays }).toString()
    const lately = today.subtract({ days: 14 }).toString()
    const late = data.invoices
      .filter((invoice) => invoice.status === 'open' && invoice.amountDue.amount > 0)
      .filter((invoice) => invoice.dueAt < latest && (invoice.remindedAt ?? '') < lately)
      .toSorted((a, b) => b.amountDue.amount - a.amountDue.amount)
      .slice(0, 500)
    for (const invoice of late) {
      propose(
        'invoice.remind',
        { invoice: invoice.id },
        { impact: invoice.amountDue, confidence: 0.97, because: [invoice] },
      )
    }
    return { metrics: { invoices: data.invoices.length, late: late.length } }
  },
})
