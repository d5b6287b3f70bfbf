/** An amount in minor units, as the API gives it. */
export interface MoneyValue {
  amount: number
  currency: string
}

const formats = new Map<string, Intl.NumberFormat>()

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(locale, options)
  formats.set(key, made)
  return made
}

export interface MoneyStyle {
  /** Leaves out the minor units where they are zero. */
  trim?: boolean
  /** Shortens to thousands and millions. */
  compact?: boolean
  /** Shows a plus before gains. */
  signed?: boolean
}

/** Writes money as the locale does: `formatMoney({ amount: 124000, currency: 'GBP' }, 'en-GB')` is £1,240.00. */
export function formatMoney(money: MoneyValue, locale: string, style: MoneyStyle = {}): string {
  const plain = numberFormat(locale, { style: 'currency', currency: money.currency })
  const digits = plain.resolvedOptions().maximumFractionDigits ?? 2
  const major = money.amount / 10 ** digits
  const options: Intl.NumberFormatOptions = {
    style: 'currency',
    currency: money.currency,
    currencyDisplay: 'narrowSymbol',
    signDisplay: style.signed ? 'exceptZero' : 'auto',
  }
  if (style.compact && Math.abs(major) >= 10_000) {
    return numberFormat(locale, { ...options, notation: 'compact', maximumFractionDigits: 1 }).format(major)
  }
  const isWhole = Number.isInteger(major)
  if ((style.trim && isWhole) || style.compact) {
    return numberFormat(locale, { ...options, maximumFractionDigits: 0, minimumFractionDigits: 0 }).format(
      major,
    )
  }
  return numberFormat(locale, options).format(major)
}

/** How many decimal places the currency is written with. */
export function minorDigits(currency: string): number {
  return numberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** Writes a share as a percentage: 0.042 is 4.2 %. */
export function formatRate(rate: number, locale: string, digits = 1): string {
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(rate)
}

export function formatNumber(value: number, locale: string, digits = 2): string {
  return numberFormat(locale, { maximumFractionDigits: digits }).format(value)
}

/** Writes a quantity with its unit: `3 min`. */
export function formatUnit(value: number, unit: string, locale: string, digits = 0): string {
  return numberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value)
}

/** Writes a count of bytes: 1.2 MB. */
export function formatBytes(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return formatUnit(bytes / 1000 ** step, units[step] ?? 'byte', locale, step === 0 ? 0 : 1)
}
