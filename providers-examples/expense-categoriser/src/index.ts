import { defineProvider, usd, z } from '@bizq/sdk'
import { calibrate, learn } from './learn.ts'

const atMost = 5000 // the latest ones, so that an execution keeps to its time
const dayOf = (iso: string) => Math.floor(Date.parse(iso) / 86_400_000)

export default defineProvider({
  service: 'expense-categoriser',
  version: '1.0.0',
  name: 'Expense Categoriser',
  category: 'financial/expenses',
  summary: 'Learns from how you book your expenses, and books the new ones alike, saying how sure it is.',
  docs: 'https://bizq.example/services/expense-categoriser',
  support: 'support@bizq.example',
  pricing: { monthly: usd(3) },
  capabilities: ['expense_categorisation'],
  data: {
    transactions: {
      fields: [
        'id',
        'account',
        'bookedAt',
        'amount',
        'counterparty',
        'counterpartyText',
        'description',
        'merchantCategory',
        'category',
      ],
      history: '365d',
      purpose: 'To learn from the expenses that you categorised, and to find those that are not yet.',
    },
  },
  money: 'scaled',
  actions: ['expense.categorise'],
  schedule: 'daily',
  settings: z.object({
    leastConfidence: z.number().min(0.3).max(0.99).default(0.6).describe('How sure it must be to propose'),
  }),

  execute({ data, settings, today, propose }) {
    const rows = data.transactions.map((transaction) => {
      const { bookedAt, amount, counterpartyText, description } = transaction
      const text = `${counterpartyText ?? ''} ${description ?? ''}`
      return { ...transaction, day: dayOf(bookedAt), cents: amount.amount, text }
    })
    const history = rows.flatMap(({ category, ...row }) => (category ? [{ ...row, category }] : []))
    const payees = new Set(history.filter((row) => row.cents < 0).map((row) => row.counterparty))
    const guess = learn(history, dayOf(today.toString()))
    const confidenceOf = calibrate(history)
    // Money that comes in is an expense only where it comes back from somebody who was paid before.
    const isRefund = (row: (typeof rows)[number]) => row.counterparty !== null && payees.has(row.counterparty)
    const open = rows.filter((row) => !row.category && (row.cents < 0 || (row.cents > 0 && isRefund(row))))
    const sure = open.slice(-atMost).flatMap((row) => {
      const { category, score } = guess(row) ?? { category: '', score: 0 }
      const confidence = Math.round(confidenceOf(score) * 1000) / 1000
      return category !== '' && confidence >= settings.leastConfidence ? [{ row, category, confidence }] : []
    })
    sure.sort((a, b) => b.confidence - a.confidence || b.row.day - a.row.day)
    const historyOf = Map.groupBy(history, (row) => row.counterparty)
    for (const { row, category, confidence } of sure.slice(0, 500)) {
      const { id, counterparty, amount, cents } = row
      const alike = historyOf.get(counterparty)?.filter((known) => known.category === category) ?? []
      const latest = alike.filter((known) => known.day === alike.at(-1)?.day)
      const evidence = counterparty === null ? [] : latest.slice(0, 19)
      const impact = { ...amount, amount: Math.abs(cents) }
      propose(
        'expense.categorise',
        { transaction: id, category },
        { impact, confidence, because: [row, ...evidence] },
      )
    }
    return { metrics: { categorised: history.length, uncategorised: open.length, sure: sure.length } }
  },
})
