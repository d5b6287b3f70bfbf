import { defineProvider, usd, z, type Money } from '@bizq/sdk'
import { forecastCash, quantile, sum, usualWeek } from './forecast.ts'
import { keepAbove, type Move } from './plan.ts'

const largest = Number.MAX_SAFE_INTEGER
const shareTaken = 0.5 // of the discounts offered
const dayOf = (iso: string) => Math.floor(Date.parse(iso) / 86_400_000)

export default defineProvider({
  service: 'cash-flow-optimizer',
  version: '1.0.0',
  name: 'Cash Flow Optimizer',
  category: 'financial/cash-flow',
  summary: 'Forecasts 13 weeks of cash, and moves bills or offers discounts to keep the runway you set.',
  docs: 'https://bizq.example/services/cash-flow-optimizer',
  support: 'support@bizq.example',
  pricing: { monthly: usd(5) },
  capabilities: ['cash_flow_forecast', 'payables_scheduling', 'runway_protection'],
  data: {
    accounts: {
      fields: ['id', 'kind', 'currency', 'balance', 'balanceAt'],
      purpose: 'To know today’s cash.',
    },
    transactions: {
      fields: ['account', 'bookedAt', 'amount', 'isTransfer'],
      history: '365d',
      purpose: 'To know what a usual week brings and costs, and how far off forecasts were.',
    },
    bills: {
      fields: ['id', 'dueAt', 'amountDue', 'status'],
      history: '1d',
      purpose: 'To know what falls due, and what can wait.',
      optional: true,
    },
    invoices: {
      fields: ['id', 'dueAt', 'paidAt', 'amountDue', 'status', 'discountUntil'],
      history: '365d',
      purpose: 'To know what comes in when, and what a discount could bring in sooner.',
      optional: true,
    },
  },
  money: 'scaled',
  actions: ['bill.reschedule', 'invoice.offer_discount'],
  schedule: 'daily',
  settings: z.object({
    runwayWeeks: z.int().min(1).max(26).default(4).describe('Weeks of usual costs to keep as cash'),
    delayDays: z.int().min(7).max(60).default(14).describe('Days that a bill may be put off'),
    discountRate: z.number().min(0.005).max(0.1).default(0.02).describe('Discount for paying early'),
  }),

  execute({ data, settings: { runwayWeeks, delayDays, discountRate: rate }, today, propose, recommend }) {
    const now = dayOf(today.toString())
    const weekOf = (day: number) => Math.floor((day - now) / 7)
    const dateOf = (day: number) => today.add({ days: day - now }).toString()
    const by = [...Map.groupBy(data.transactions, (t) => t.amount.currency)]
    const currency = by.sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? 'XXX'
    const money = (x: number) => ({ amount: Math.max(-largest, Math.min(largest, Math.round(x))), currency })
    const accounts = data.accounts.filter((a) => a.kind !== 'loan' && a.currency === currency)
    const rowsOf = Map.groupBy(data.transactions, (t) => t.account)
    const cash = accounts.flatMap(({ id, balance, balanceAt }) => {
      const later = (rowsOf.get(id) ?? []).filter((t) => balanceAt !== null && t.bookedAt > balanceAt)
      return balance === null ? [] : [balance.amount + sum(later.map((t) => t.amount.amount))]
    })
    const moved = accounts.flatMap((a) => rowsOf.get(a.id) ?? []).filter((t) => t.isTransfer !== true)
    const byWeek = Map.groupBy(moved, (t) => weekOf(dayOf(t.bookedAt)))
    const oldest = Math.min(0, ...byWeek.keys())
    const history = Array.from({ length: -oldest }, (_, i) => {
      const amounts = byWeek.get(oldest + i)?.map((t) => t.amount.amount) ?? []
      return { inflow: sum(amounts.filter((a) => a > 0)), outflow: -sum(amounts.filter((a) => a < 0)) }
    })
    const isOpen = (row: { status: string; amountDue: Money }) =>
      row.status === 'open' && row.amountDue.amount > 0 && row.amountDue.currency === currency
    const delays = data.invoices.flatMap((i) => (i.paidAt === null ? [] : [dayOf(i.paidAt) - dayOf(i.dueAt)]))
    const usualDelay = Math.round(quantile(delays, 0.5))
    // What is later than usual is expected to stay unpaid as long again.
    const comesOn = (due: number) => Math.max(due + usualDelay, now + Math.max(7, now - due))
    const invoices = data.invoices.filter(isOpen).map((i) => ({ ...i, day: comesOn(dayOf(i.dueAt)) }))
    const bills = data.bills.filter(isOpen).map((b) => ({ ...b, day: Math.max(now, dayOf(b.dueAt)) }))
    const usual = usualWeek(history)
    const forecast = forecastCash(history).map((band, i) => {
      // What is known counts where it exceeds the usual: a usual week has its bills and customers too.
      const beyond = (items: { amountDue: Money; day: number }[], weekly: number) => {
        const known = items.filter((item) => weekOf(item.day) <= i).map((item) => item.amountDue.amount)
        return Math.max(0, sum(known) - (i + 1) * weekly)
      }
      const start = sum(cash) + beyond(invoices, usual.inflow) - beyond(bills, usual.outflow)
      return { low: start + band.low, mid: start + band.mid, high: start + band.high }
    })

    const runway = runwayWeeks * usual.outflow
    const needIn = (week: number) => {
      const { low, mid } = forecast[week] ?? { low: 0, mid: 0 } // 1.28 standard deviations apart
      return 1 / (1 + Math.exp((1.702 * 1.28 * (mid - runway)) / Math.max(mid - low, 1)))
    }
    const moves: Move[] = []
    for (const bill of bills) {
      const [paidOn, impact] = [bill.day + delayDays, bill.amountDue]
      const proposeIn = (week: number) => {
        const details = { impact, confidence: needIn(week), because: [bill] }
        propose('bill.reschedule', { bill: bill.id, dueAt: dateOf(paidOn) }, details)
      }
      moves.push({ from: weekOf(bill.day), to: weekOf(paidOn), amount: impact.amount, cost: 0, proposeIn })
    }
    for (const invoice of invoices.filter((i) => i.discountUntil === null)) {
      const [id, due] = [invoice.id, invoice.amountDue.amount]
      const proposeIn = (week: number) => {
        const confidence = needIn(week) * shareTaken
        const details = { impact: money(due * rate), confidence, because: [invoice] }
        propose('invoice.offer_discount', { invoice: id, rate, until: dateOf(now + 7 * week + 6) }, details)
      }
      moves.push({ from: null, to: weekOf(invoice.day), amount: due * shareTaken, cost: rate, proposeIn })
    }
    const isKnown = cash.length > 0 && history.length >= 8
    const after = keepAbove(runway, isKnown ? forecast.map((band) => band.mid) : [], moves)
    if (after.some((x) => x < runway)) recommend('Even so, cash falls below your runway.', { because: [] })
    if (!isKnown) recommend('Needs a dated balance and eight weeks of transactions.', { because: [] })
    const metrics: Record<string, Money> = { runway: money(runway) }
    for (const [i, band] of forecast.entries()) {
      for (const [edge, x] of Object.entries(band)) metrics[`forecast.${i + 1}.${edge}`] = money(x)
    }
    return { metrics }
  },
})
