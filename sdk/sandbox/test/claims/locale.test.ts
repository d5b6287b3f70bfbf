import { expect, test } from 'vitest'
import { openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()

test.each([
  ['numbers', '(1234567.891).toLocaleString()', '1.234.567,891'],
  ['big numbers', '1234567n.toLocaleString()', '1.234.567'],
  ['lists of numbers', '[1234.5].toLocaleString()', '1.234,5'],
  ['typed lists of numbers', 'new Float64Array([1234.5]).toLocaleString()', '1.234,5'],
  ['dates', 'new Date().toLocaleDateString()', '2.2.2001'],
  ['times', 'new Date().toLocaleTimeString()', '23:05:06'],
  ['both', 'new Date().toLocaleString()', '2.2.2001, 23:05:06'],
  ['Temporal dates', `Temporal.PlainDate.from('2001-02-03').toLocaleString()`, '3.2.2001'],
  [
    'Temporal months',
    `Temporal.PlainMonthDay.from({ monthCode: 'M02', day: 3, calendar: 'gregory' }).toLocaleString()`,
    '3.2.',
  ],
  ['Intl', 'new Intl.NumberFormat().format(1234.5)', '1.234,5'],
  ['Intl without new', 'Intl.NumberFormat().format(1234.5)', '1.234,5'],
  ['a locale that does not exist', `new Intl.NumberFormat('xx').format(1234.5)`, '1.234,5'],
  ['an empty list of locales', `(1234.5).toLocaleString([])`, '1.234,5'],
  ['a locale of the guest’s choice', `(1234.5).toLocaleString('en')`, '1,234.5'],
  ['currency', `(5).toLocaleString(undefined, { style: 'currency', currency: 'EUR' })`, '5,00\u00a0€'],
  ['order', `['z', 'ä', 'a'].sort((a, b) => a.localeCompare(b)).join('')`, 'aäz'],
  ['lists', `new Intl.ListFormat().format(['a', 'b'])`, 'a und b'],
  ['names', `new Intl.DisplayNames(undefined, { type: 'region' }).of('FR')`, 'Frankreich'],
  ['relative time', `new Intl.RelativeTimeFormat().format(-2, 'day')`, 'vor 2 Tagen'],
])('the default locale is the execution’s: %s', async (_, expression, expected) => {
  expect(await outputOf(sandbox, requestOf(`return JSON.stringify(${expression})`))).toBe(expected)
})

test('every service of Intl names the execution’s locale', async () => {
  const body = `
    const named = {}
    for (const name of Object.getOwnPropertyNames(Intl)) {
      const Service = Intl[name]
      if (typeof Service !== 'function' || !Service.supportedLocalesOf) continue
      named[name] = new Service(undefined, name === 'DisplayNames' ? { type: 'region' } : undefined).resolvedOptions().locale
    }
    return JSON.stringify(named)`
  const named = (await outputOf(sandbox, requestOf(body, { locale: 'pt-BR' }))) as Record<string, string>
  expect(Object.keys(named).length).toBeGreaterThan(7)
  for (const locale of Object.values(named)) expect(['pt-BR', 'pt']).toContain(locale)
})

test('letters change case as the execution’s locale has it', async () => {
  const request = requestOf(`return JSON.stringify(['I'.toLocaleLowerCase(), 'i'.toLocaleUpperCase()])`, {
    locale: 'tr',
  })
  expect(await outputOf(sandbox, request)).toEqual(['ı', 'İ'])
})
