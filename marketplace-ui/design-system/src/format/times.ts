import { formatUnit } from './numbers.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, options)
  formats.set(key, made)
  return made
}

export type DateTimeStyle = 'date' | 'time' | 'datetime' | 'month'

const styles: Record<DateTimeStyle, Intl.DateTimeFormatOptions> = {
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  datetime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  month: { month: 'short', year: '2-digit' },
}

/** Writes an ISO instant in the time zone, or an ISO day (`2026-12-03`) as that day wherever one is. */
export function formatDateTime(iso: string, locale: string, timeZone: string, style: DateTimeStyle): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(iso)
  const date = new Date(isDay ? `${iso}T00:00:00Z` : iso)
  if (Number.isNaN(date.getTime())) return iso
  if (isDay)
    return dateFormat(locale, { ...styles[style === 'month' ? 'month' : 'date'], timeZone: 'UTC' }).format(
      date,
    )
  return dateFormat(locale, { ...styles[style], timeZone }).format(date)
}

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>()

function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  const made =
    relativeFormats.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  relativeFormats.set(locale, made)
  return made
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** Writes how long ago or ahead an instant is: `3 hours ago`. */
export function formatRelative(iso: string, locale: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  if (Number.isNaN(seconds)) return iso
  const format = relativeFormat(locale)
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  }
  return format.format(0, 'second')
}

/** Writes a duration as its two largest units: `1,240 ms` below ten seconds, `3 min 5 s` above. */
export function formatDuration(ms: number, locale: string): string {
  const unit = (value: number, name: string, digits = 0) => formatUnit(value, name, locale, digits)
  if (ms < 1000) return unit(Math.round(ms), 'millisecond')
  if (ms < 10_000) return unit(ms / 1000, 'second', 1)
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return unit(seconds, 'second')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${unit(minutes, 'minute')} ${unit(seconds % 60, 'second')}`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`
  return `${unit(Math.floor(hours / 24), 'day')} ${unit(hours % 24, 'hour')}`
}
