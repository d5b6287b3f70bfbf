export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** A date as it stands in a file, with its time of day and offset where it has them. */
interface WrittenDate {
  year: number
  month: number
  day: number
  time?: { hour: number; minute: number; second: number; millisecond: number }
  offsetMinutes?: number
}

const months = monthNames()
const isoDate = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?/
const numericDate = /^(\d{1,2})(?:\s*[-/.]\s*|\s+)(\d{1,2})(?:\s*[-/.]\s*|\s+)(\d{4}|\d{2})(?!\d)/
const dayMonthName =
  /^(?:\p{L}+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?[\s/-]*(?:de\s+)?(\p{L}{3,})\.?,?[\s/-]*(?:de\s+)?(\d{4}|\d{2})(?!\d)/u
const monthNameDay =
  /^(?:\p{L}+\.?,\s+)?(\p{L}{3,})\.?[\s/-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s/-]+(\d{4})(?!\d)/u
const eightDigits = /^(\d{4})(\d{2})(\d{2})(?!\d)|^(\d{8})(?!\d)/
const timeOfDay =
  /^[T,\s/]*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?\s*$/i

function monthNames(): Map<string, number> {
  const names = new Map<string, number>()
  for (const locale of ['en', 'de', 'fr', 'nl', 'es', 'it', 'pt', 'sv', 'da', 'pl']) {
    for (const style of ['short', 'long'] as const) {
      const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: style, timeZone: 'UTC' })
      for (let month = 1; month <= 12; month++) {
        const parts = format.formatToParts(Date.UTC(2020, month - 1, 15))
        const name = plainName(parts.find((part) => part.type === 'month')?.value ?? '')
        if (name.length >= 3 && !names.has(name)) names.set(name, month)
      }
    }
  }
  return names.set('sept', 9).set('mrz', 3)
}

function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\p{M}.]/gu, '')
    .toLowerCase()
}

/** Reads a date, with or without a time. `order` decides what is not written year first or with a month's name. */
export function parseDate(text: string, order: DateOrder): WrittenDate | undefined {
  const cell = text.trim()
  const found = iso(cell) ?? numeric(cell, order) ?? named(cell) ?? compact(cell, order)
  if (!found) return undefined
  const [year, month, day, length] = found
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || year < 1000 || year > 2199)
    return undefined
  return withTime({ year, month, day }, cell.slice(length))
}

type Found = [year: number, month: number, day: number, length: number]

function iso(cell: string): Found | undefined {
  const match = isoDate.exec(cell)
  return match ? [Number(match[1]), Number(match[3]), Number(match[4]), match[0].length] : undefined
}

function numeric(cell: string, order: DateOrder): Found | undefined {
  const match = numericDate.exec(cell)
  if (!match) return undefined
  const [text, a, b, c] = match as unknown as [string, string, string, string]
  if (order === 'dmy') return [fullYear(c), Number(b), Number(a), text.length]
  if (order === 'mdy') return [fullYear(c), Number(a), Number(b), text.length]
  return c.length === 2 && a.length === 2 ? [fullYear(a), Number(b), Number(c), text.length] : undefined
}

function named(cell: string): Found | undefined {
  const first = dayMonthName.exec(cell)
  const month = first && months.get(plainName(first[2] ?? ''))
  if (month) return [fullYear(first[3] ?? ''), month, Number(first[1]), first[0].length]
  const second = monthNameDay.exec(cell)
  const other = second && months.get(plainName(second[1] ?? ''))
  return other ? [Number(second[3]), other, Number(second[2]), second[0].length] : undefined
}

function compact(cell: string, order: DateOrder): Found | undefined {
  if (!eightDigits.test(cell)) return undefined
  const [a, b, c] =
    order === 'ymd' || /^(?:19|20)\d\d(?:0[1-9]|1[0-2])/.test(cell)
      ? [cell.slice(0, 4), cell.slice(4, 6), cell.slice(6, 8)]
      : [
          cell.slice(4, 8),
          ...(order === 'dmy' ? [cell.slice(2, 4), cell.slice(0, 2)] : [cell.slice(0, 2), cell.slice(2, 4)]),
        ]
  return [Number(a), Number(b), Number(c), 8]
}

function withTime(date: WrittenDate, rest: string): WrittenDate | undefined {
  if (rest.trim() === '') return date
  const match = timeOfDay.exec(rest)
  if (!match) return undefined
  const [, hours, minutes, seconds = '0', fraction = '0', half, zone] = match
  let hour = Number(hours)
  if (half) hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0)
  const time = { hour, minute: Number(minutes), second: Number(seconds), millisecond: milliseconds(fraction) }
  if (hour > 23 || time.minute > 59 || time.second > 60) return undefined
  return zone ? { ...date, time, offsetMinutes: parseOffset(zone) } : { ...date, time }
}

function milliseconds(fraction: string): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function parseOffset(zone: string): number {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone)
  if (!match) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -minutes : minutes
}

/** Two digits are a year of this century up to 69, of the last from 70, as POSIX reads them. */
export function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return year < 70 ? 2000 + year : 1900 + year
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** `YYYY-MM-DD` of the day as written. */
export function toDay({ year, month, day }: WrittenDate): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The day in the business's time zone where the file gives an offset, else the day as written. */
export function toLocalDay(date: WrittenDate, timeZone: string): string {
  if (date.offsetMinutes === undefined) return toDay(date)
  return Temporal.Instant.from(toInstant(date, timeZone))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
}

let lastZoned = { key: '', instant: '' }

/** The instant as `2011-01-04T10:00:00.000Z`; without an offset the time is the business's own, without a time it is midnight there. */
export function toInstant(date: WrittenDate, timeZone: string): string {
  const { year, month, day, offsetMinutes } = date
  const { hour, minute, second, millisecond } = date.time ?? { hour: 0, minute: 0, second: 0, millisecond: 0 }
  if (offsetMinutes !== undefined) {
    return new Date(
      Date.UTC(year, month - 1, day, hour, minute - offsetMinutes, second, millisecond),
    ).toISOString()
  }
  const key = `${year}-${month}-${day} ${hour}:${minute}:${second}.${millisecond} ${timeZone}`
  if (lastZoned.key !== key) {
    const plain = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second, millisecond })
    const { epochMilliseconds } = plain.toZonedDateTime(timeZone)
    lastZoned = { key, instant: new Date(epochMilliseconds).toISOString() }
  }
  return lastZoned.instant
}

/** The order of day, month and year over a sample; `isCertain` is false where no cell has a day above 12. */
export function inferDateOrder(
  cells: Iterable<string>,
  fallback: DateOrder = 'dmy',
): { order: DateOrder; isCertain: boolean } {
  const votes = { ymd: 0, dmy: 0, mdy: 0 }
  for (const cell of cells) {
    const trimmed = cell.trim()
    if (isoDate.test(trimmed) || named(trimmed) || /^(?:19|20)\d{6}(?!\d)/.test(trimmed)) {
      votes.ymd++
      continue
    }
    const match = numericDate.exec(trimmed)
    if (match && Number(match[1]) > 12) votes.dmy++
    else if (match && Number(match[2]) > 12) votes.mdy++
  }
  const [best] = (Object.entries(votes) as [DateOrder, number][]).sort((a, b) => b[1] - a[1])
  return best && best[1] > 0 ? { order: best[0], isCertain: true } : { order: fallback, isCertain: false }
}
