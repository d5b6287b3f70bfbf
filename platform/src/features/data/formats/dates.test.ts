import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inferDateOrder, parseDate, toDay, toInstant, toLocalDay, type DateOrder } from './dates.ts'

const day = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

const writers: { order: DateOrder; write: (y: string, m: string, d: string) => string }[] = [
  { order: 'ymd', write: (y, m, d) => `${y}-${m}-${d}` },
  { order: 'dmy', write: (y, m, d) => `${y}/${m}/${d}` },
  { order: 'dmy', write: (y, m, d) => `${d}.${m}.${y}` },
  { order: 'dmy', write: (y, m, d) => `${Number(d)}/${Number(m)}/${y.slice(2)}` },
  { order: 'mdy', write: (y, m, d) => `${m}/${d}/${y}` },
  { order: 'mdy', write: (y, m, d) => `${Number(m)}-${Number(d)}-${y}` },
  { order: 'ymd', write: (y, m, d) => `${y}${m}${d}` },
  { order: 'dmy', write: (y, m, d) => `${d}.${m}.${y} 14:05` },
  {
    order: 'dmy',
    write: (y, m, d) =>
      new Date(`${y}-${m}-${d}`).toLocaleDateString('en-GB', {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        timeZone: 'UTC',
      }),
  },
  {
    order: 'dmy',
    write: (y, m, d) =>
      new Date(`${y}-${m}-${d}`).toLocaleDateString('de', {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        timeZone: 'UTC',
      }),
  },
  {
    order: 'mdy',
    write: (y, m, d) =>
      new Date(`${y}-${m}-${d}`).toLocaleDateString('en-US', {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        timeZone: 'UTC',
      }),
  },
]

test('a day reads as it was written in each order and spelling', () => {
  fc.assert(
    fc.property(day, fc.constantFrom(...writers), (iso, { order, write }) => {
      const [year = '', month = '', date = ''] = iso.split('-')
      const parsed = parseDate(write(year, month, date), order)
      expect(parsed && toDay(parsed)).toBe(iso)
    }),
  )
})

test('the order is inferred, and certain, as soon as one day is above 12', () => {
  fc.assert(
    fc.property(
      fc.array(day, { minLength: 1 }),
      fc.constantFrom('dmy' as const, 'mdy' as const),
      (days, order) => {
        const cells = days.map((iso) => {
          const [y, m, d] = iso.split('-')
          return order === 'dmy' ? `${d}/${m}/${y}` : `${m}/${d}/${y}`
        })
        const inferred = inferDateOrder(cells, 'dmy')
        const isTold = days.some((iso) => Number(iso.slice(8)) > 12)
        expect(inferred).toEqual(isTold ? { order, isCertain: true } : { order: 'dmy', isCertain: false })
      },
    ),
  )
})

test.each([
  ['31/02/2020', 'dmy'],
  ['13/25/2020', 'dmy'],
  ['2020-13-01', 'ymd'],
  ['1.2', 'dmy'],
  ['12.50', 'dmy'],
  ['yesterday', 'dmy'],
  ['2020-01-01 25:00', 'ymd'],
] as const)('“%s” is no date', (cell, order) => {
  expect(parseDate(cell, order)).toBeUndefined()
})

test.each([
  ['2011-06-04 10:00:00 +0000', '2011-06-04T10:00:00.000Z'],
  ['2011-06-04T10:00:00.123+02:00', '2011-06-04T08:00:00.123Z'],
  ['2011-06-04 10:00', '2011-06-04T09:00:00.000Z'],
  ['2011-06-04 3:05 PM', '2011-06-04T14:05:00.000Z'],
  ['2011-06-04', '2011-06-03T23:00:00.000Z'],
])('%s in London is %s', (cell, instant) => {
  const parsed = parseDate(cell, 'ymd')
  expect(parsed && toInstant(parsed, 'Europe/London')).toBe(instant)
})

test('a time with an offset falls on the business’s own day', () => {
  const parsed = parseDate('2018-02-25 23:30:00 +0000', 'ymd')
  expect(parsed && toLocalDay(parsed, 'Europe/Berlin')).toBe('2018-02-26')
})
