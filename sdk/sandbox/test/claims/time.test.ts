import vm from 'node:vm'
import { expect, test } from 'vitest'
import { openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()

/**
 * Calls everything that can be reached, with and without `new`, on several receivers and without arguments, and gives
 * each answer that shows the year `wanted`, as text, number of ms, s, µs or ns, or inside a Date or Temporal value.
 */
const walk = (wanted: number) => `
  const from = Date.UTC(${wanted}, 0, 1), to = Date.UTC(${wanted} + 1, 0, 1)
  const shows = (value) => {
    if (typeof value === 'string') return value.includes('${wanted}')
    if (typeof value === 'number') return [1, 1e3, 1e-3, 1e-6].some((unit) => value * unit > from && value * unit < to) || value === ${wanted}
    if (typeof value === 'bigint') return shows(Number(value))
    if (Array.isArray(value)) return value.some((part) => shows(part?.value))
    if (typeof value !== 'object' || value === null) return false
    try { const plain = value.toJSON?.() ?? value.valueOf?.(); return typeof plain !== 'object' && shows(plain) } catch { return false }
  }
  const receivers = [undefined, new Intl.DateTimeFormat(), new Intl.DateTimeFormat('en', { dateStyle: 'full' }), Temporal.Now, Intl, Date]
  const seen = new Set()
  const shown = new Set()
  const todo = [[globalThis, 'globalThis', 0]]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [value, path, depth] = next
    if (seen.has(value)) continue
    seen.add(value)
    const add = (child, name, deeper = 0) => { if (depth + deeper > 2) return; if ((typeof child === 'object' && child !== null) || typeof child === 'function') todo.push([child, path + '.' + name, depth + deeper]) }
    const note = (answer, how) => { if (answer instanceof Promise) answer.catch(() => {}); if (shows(answer)) shown.add(how + ' ' + path); add(answer, how, 1) }
    if (typeof value === 'function') {
      for (const receiver of receivers) try { note(Reflect.apply(value, receiver, []), 'call') } catch {}
      try { note(Reflect.construct(value, []), 'new') } catch {}
    }
    add(Object.getPrototypeOf(value), '__proto__')
    for (const key of Reflect.ownKeys(value)) {
      const { value: held, get } = Object.getOwnPropertyDescriptor(value, key)
      add(held, String(key))
      add(get, 'get ' + String(key))
      if (get) for (const receiver of [value, ...receivers]) try { note(get.call(receiver), 'get ' + String(key)) } catch {}
    }
  }
  const ways = [...shown]`

const year = new Date().getUTCFullYear()

test('no way leads to the real time', async () => {
  const output = await outputOf(
    sandbox,
    requestOf(`${walk(year)}\nreturn JSON.stringify(ways)`, { limits: { cpuMs: 9_000 } }),
  )
  expect(output).toEqual([])
})

test('the same walk finds the frozen time by many ways, and the real time in an ordinary context', async () => {
  const frozen = (await outputOf(
    sandbox,
    requestOf(`${walk(2001)}\nreturn JSON.stringify(ways)`),
  )) as string[]
  expect(frozen.length).toBeGreaterThan(8)
  const real = vm.runInNewContext(`${walk(year)}\n;ways`) as string[]
  expect(real.length).toBeGreaterThan(8)
})

const moment = '2001-02-03T04:05:06.789Z'

test.each([
  ['Date', 'new Date().toISOString()', moment],
  ['Date.now', 'new Date(Date.now()).toISOString()', moment],
  ['Date called', 'Date()', 'Fri Feb 02 2001 23:05:06 GMT-0500 (Eastern Standard Time)'],
  ['Date called with arguments', 'Date(0)', 'Fri Feb 02 2001 23:05:06 GMT-0500 (Eastern Standard Time)'],
  ['the prototype of Date', '(Object.getPrototypeOf(Date).now ?? (() => 0))()', 0],
  ['the constructor of a date', 'new Date(0).constructor.now()', Date.parse(moment)],
  ['a subclass of Date', 'new (class extends Date {})().toISOString()', moment],
  ['Reflect', 'Reflect.construct(Date, [], Date).toISOString()', moment],
  ['Temporal.Now.instant', 'Temporal.Now.instant().toString()', moment],
  [
    'Temporal.Now.zonedDateTimeISO',
    'Temporal.Now.zonedDateTimeISO().toString()',
    '2001-02-02T23:05:06.789-05:00[America/New_York]',
  ],
  [
    'Temporal.Now.zonedDateTimeISO of a zone',
    `Temporal.Now.zonedDateTimeISO('Asia/Tokyo').toString()`,
    '2001-02-03T13:05:06.789+09:00[Asia/Tokyo]',
  ],
  ['Temporal.Now.plainDateTimeISO', 'Temporal.Now.plainDateTimeISO().toString()', '2001-02-02T23:05:06.789'],
  ['Temporal.Now.plainDateISO', 'Temporal.Now.plainDateISO().toString()', '2001-02-02'],
  ['Temporal.Now.plainTimeISO', 'Temporal.Now.plainTimeISO().toString()', '23:05:06.789'],
  ['Temporal.Now.timeZoneId', 'Temporal.Now.timeZoneId()', 'America/New_York'],
  ['Intl format', 'Intl.DateTimeFormat().format()', '2.2.2001'],
  ['Intl format of undefined', 'new Intl.DateTimeFormat().format(undefined)', '2.2.2001'],
  [
    'Intl formatToParts',
    'new Intl.DateTimeFormat().formatToParts().map((part) => part.value).join("")',
    '2.2.2001',
  ],
  [
    'the same format twice',
    '(() => { const f = Intl.DateTimeFormat(); return f.format === f.format })()',
    true,
  ],
  ['a given date', 'new Intl.DateTimeFormat().format(0)', '31.12.1969'],
  ['local parts', 'new Date().getHours()', 23],
  ['local parsing', `new Date('2001-07-01T00:00:00').toISOString()`, '2001-07-01T04:00:00.000Z'],
  ['parts given', 'new Date(2001, 0, 1).toISOString()', '2001-01-01T05:00:00.000Z'],
])('the moment is the execution’s: %s', async (_, expression, expected) => {
  expect(await outputOf(sandbox, requestOf(`return JSON.stringify(${expression})`))).toBe(expected)
})

test('time stands still while code runs', async () => {
  const body =
    'const before = Date.now(); for (let i = 0; i < 1e7; i++); return JSON.stringify(Date.now() - before)'
  expect(await outputOf(sandbox, requestOf(body))).toBe(0)
})

test.each([
  'Europe/Berlin',
  'Asia/Kolkata',
  'Pacific/Chatham',
  'America/Sao_Paulo',
  'Etc/UTC',
  'US/Eastern',
  'Australia/Lord_Howe',
])('the default zone is the execution’s, also after another one in the same child: %s', async (timeZone) => {
  const bundle = `export const run = () => JSON.stringify([
      Intl.DateTimeFormat().resolvedOptions().timeZone, Temporal.Now.timeZoneId(), new Date().getTimezoneOffset() ])`
  const output = await outputOf(sandbox, requestOf('', { bundle, release: 'zones', timeZone }))
  const expected = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  const offset = Temporal.Instant.from(moment).toZonedDateTimeISO(timeZone).offsetNanoseconds / 60e9
  expect(output).toEqual([expected, expected, -offset || 0])
})
