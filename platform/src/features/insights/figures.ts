import type { AgeingRow, MonthRow, WeekRow } from './store.ts'

/** What a business comes to. Amounts are minor units of its currency; rates are shares of one. */
export interface Insight {
  currency: string
  basis: 'accrual' | 'cash'
  months: { month: string; income: number; cost: number; profit: number }[]
  lines: { kind: 'income' | 'cost'; category: string; total: number; byMonth: number[] }[]
  /** The last full twelve months, or what there is of them. */
  revenue: number
  margin: number | null
  /** The last three full months against the three before. */
  growth: number | null
  cash: number | null
  weeklyCash: { week: string; net: number }[]
  /** How many weeks the cash lasts at the pace of the last 13; null when it does not shrink or no balance is known. */
  runwayWeeks: number | null
  ageing: Record<'receivable' | 'payable', { bucket: AgeingRow['bucket']; amount: number; count: number }[]>
  /** 1 to 100, see `healthOf`; null when there is nothing to judge by. */
  health: number | null
}

const buckets = ['current', '1-30', '31-60', '61-90', 'over-90'] as const

/** The first days of the `count` months that end with the month of `today`. */
export function monthsUntil(today: string, count: number): string[] {
  const first = Temporal.PlainYearMonth.from(today.slice(0, 7)).subtract({ months: count - 1 })
  return Array.from({ length: count }, (_, i) => first.add({ months: i }).toString())
}

/** Profit and loss by month and category. */
export function profitAndLoss(rows: readonly MonthRow[], months: readonly string[]) {
  const lines = new Map<string, Insight['lines'][number]>()
  for (const row of rows) {
    const at = months.indexOf(row.month)
    if (at < 0) continue
    const key = `${row.kind}\n${row.category}`
    const line = lines.get(key) ?? {
      kind: row.kind,
      category: row.category,
      total: 0,
      byMonth: months.map(() => 0),
    }
    line.total += row.amount
    line.byMonth[at] = (line.byMonth[at] ?? 0) + row.amount
    lines.set(key, line)
  }
  const sorted = [...lines.values()].sort((a, b) => b.total - a.total)
  const sum = (kind: string, at: number) =>
    sorted.filter((l) => l.kind === kind).reduce((total, l) => total + (l.byMonth[at] ?? 0), 0)
  return {
    lines: sorted,
    months: months.map((month, at) => {
      const [income, cost] = [sum('income', at), sum('cost', at)]
      return { month, income, cost, profit: income - cost }
    }),
  }
}

function total(months: readonly Insight['months'][number][], of: 'income' | 'cost' | 'profit'): number {
  return months.reduce((sum, month) => sum + month[of], 0)
}

/** Runway: cash over the mean weekly loss of the last 13 full weeks. */
export function runwayOf(cash: number | null, weeks: readonly WeekRow[]): number | null {
  const last = weeks.slice(-13)
  if (cash === null || last.length === 0) return null
  const pace = last.reduce((sum, week) => sum + week.net, 0) / last.length
  return pace >= 0 ? null : Math.max(0, Math.round((10 * cash) / -pace) / 10)
}

/**
 * Health from 1 to 100: the mean of the parts that are known, each from 0 to 1. Margin: 0 at −20 %, 1
 * at 20 %. Runway: 1 at 26 weeks or when cash does not shrink. Growth: 0 at −30 %, 1 at 30 %.
 * Punctuality: the share of receivables that is not more than 30 days late.
 */
export function healthOf(
  insight: Pick<Insight, 'margin' | 'growth' | 'runwayWeeks' | 'cash' | 'ageing'>,
): number | null {
  const clamp = (value: number) => Math.min(1, Math.max(0, value))
  const owed = insight.ageing.receivable.reduce((sum, each) => sum + each.amount, 0)
  const late = insight.ageing.receivable
    .filter((each) => !['current', '1-30'].includes(each.bucket))
    .reduce((sum, each) => sum + each.amount, 0)
  const parts = [
    insight.margin === null ? null : clamp((insight.margin + 0.2) / 0.4),
    insight.cash === null ? null : insight.runwayWeeks === null ? 1 : clamp(insight.runwayWeeks / 26),
    insight.growth === null ? null : clamp((insight.growth + 0.3) / 0.6),
    owed === 0 ? null : 1 - late / owed,
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  return Math.max(1, Math.round((100 * parts.reduce((sum, part) => sum + part, 0)) / parts.length))
}

export interface Facts {
  currency: string
  basis: Insight['basis']
  today: string
  months: MonthRow[]
  weeks: WeekRow[]
  cash: number | null
  ageing: AgeingRow[]
}

/** Everything that the pages show of a business, from its facts. */
export function insightOf(facts: Facts): Insight {
  const { months, lines } = profitAndLoss(facts.months, monthsUntil(facts.today, 13))
  const full = months.slice(0, -1)
  const [before, recent] = [total(full.slice(-6, -3), 'income'), total(full.slice(-3), 'income')]
  const revenue = total(full, 'income')
  const thisWeek = Temporal.PlainDate.from(facts.today)
    .subtract({ days: Temporal.PlainDate.from(facts.today).dayOfWeek - 1 })
    .toString()
  const weeks = facts.weeks.filter((week) => week.week < thisWeek)
  const ageingOf = (side: AgeingRow['side']) =>
    buckets.map((bucket) => {
      const row = facts.ageing.find((each) => each.side === side && each.bucket === bucket)
      return { bucket, amount: row?.amount ?? 0, count: row?.count ?? 0 }
    })
  const known = {
    // Without a single cost on record a margin would say more than is known.
    margin: revenue > 0 && total(full, 'cost') > 0 ? total(full, 'profit') / revenue : null,
    growth: before > 0 ? recent / before - 1 : null,
    cash: facts.cash,
    runwayWeeks: runwayOf(facts.cash, weeks),
    ageing: { receivable: ageingOf('receivable'), payable: ageingOf('payable') },
  }
  return {
    currency: facts.currency,
    basis: facts.basis,
    months,
    lines,
    revenue,
    weeklyCash: weeks,
    ...known,
    health: healthOf(known),
  }
}

/** Cash at the end of each of the last 26 weeks, counted back from what there is now. */
export function pastCash(insight: Pick<Insight, 'cash' | 'weeklyCash'>): { week: string; cash: number }[] {
  if (insight.cash === null) return []
  let cash = insight.cash
  const past: { week: string; cash: number }[] = []
  for (const { week, net } of insight.weeklyCash.slice(-26).toReversed()) {
    past.unshift({ week, cash })
    cash -= net
  }
  return past
}

/** The weeks of a forecast as services report it: `forecast.<1…13>.<low|mid|high>`, cash at the end of each week. */
export function weeksAhead(
  metrics: Readonly<Record<string, unknown>>,
  asOf: Date,
  business: { time_zone: string; currency: string },
) {
  const today = Temporal.Instant.fromEpochMilliseconds(asOf.getTime())
    .toZonedDateTimeISO(business.time_zone)
    .toPlainDate()
  const amountOf = (name: string): number | null => {
    const value = metrics[name] as { amount?: unknown; currency?: unknown } | undefined
    return value?.currency === business.currency && typeof value.amount === 'number' ? value.amount : null
  }
  const weeks: { week: string; low: number; mid: number; high: number }[] = []
  for (let n = 1; n <= 13; n++) {
    const [low, mid, high] = ['low', 'mid', 'high'].map((edge) => amountOf(`forecast.${n}.${edge}`))
    if (
      low === null ||
      mid === null ||
      high === null ||
      low === undefined ||
      mid === undefined ||
      high === undefined
    )
      break
    weeks.push({ week: today.add({ weeks: n }).toString(), low, mid, high })
  }
  return weeks
}
