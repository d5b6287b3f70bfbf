const formats = new Map<string, Intl.DateTimeFormat>()

/** Writes a month such as `2026-12`: December 2026, or Dec 2026 where there is little room. */
export function monthWord(month: string, locale: string, style: 'long' | 'short' = 'long'): string {
  const key = `${locale} ${style}`
  const format =
    formats.get(key) ?? new Intl.DateTimeFormat(locale, { month: style, year: 'numeric', timeZone: 'UTC' })
  formats.set(key, format)
  return format.format(new Date(`${month}-01T00:00:00Z`))
}

/** The first and the last day of a month, as `2026-12-31`. */
export function daysOf(month: string): { from: string; until: string } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year, number, 0))
  return { from: `${month}-01`, until: last.toISOString().slice(0, 10) }
}

/** What amounts of one currency come to; what is owed against it is below zero. */
export function sumOf(amounts: readonly { amount: number; currency: string }[], currency: string) {
  const own = amounts.filter((one) => one.currency === currency)
  return { amount: own.reduce((sum, { amount }) => sum + amount, 0), currency }
}

/** The same amount on the other side; never -0. */
export const less = (money: { amount: number; currency: string }) => ({
  ...money,
  amount: money.amount === 0 ? 0 : -money.amount,
})

/** What operators paid of lines themselves: the rest was BizQ’s credit. */
export const byOperators = (line: Record<'gross' | 'credit', { amount: number; currency: string }>) => ({
  ...line.gross,
  amount: line.gross.amount - line.credit.amount,
})

/** The months that are over, the newest first. */
export const monthsBefore = (now: Date, count: number): string[] =>
  Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1 - back, 1)).toISOString().slice(0, 7),
  )
