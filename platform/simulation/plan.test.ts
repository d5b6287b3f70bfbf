import { expect, test } from 'vitest'
import type { Kind } from './happening.ts'
import { readFlags, WrongFlag } from './options.ts'
import { planYear } from './plan.ts'

const whole = { operators: 200, businesses: 1_000, months: 12, seed: 1 }
const small = { operators: 6, businesses: 20, months: 3, seed: 1 }

const kinds: Kind[] = [
  'provider joins',
  'service is published',
  'provider onboards',
  'account stands',
  'schedule is put',
  'launch provider is named',
  'coupon is made',
  'bundle is made',
  'operator joins',
  'business is added',
  'plan is chosen',
  'plan is cancelled',
  'card is given',
  'business subscribes',
  'subscription is cancelled',
  'money is asked back',
  'cap is set',
  'service was down',
  'coupon is redeemed',
  'credit is granted',
  'payment is asked',
  'line is refunded',
  'charge is disputed',
  'dispute is closed',
]

test('the same options plan the same year, and another seed another', () => {
  expect(planYear(whole)).toEqual(planYear(whole))
  expect(planYear(small)).not.toEqual(planYear({ ...small, seed: 2 }))
})

test('everything that can happen happens in a year, and something is left idle', () => {
  const { happenings, idle } = planYear(whole)
  expect(new Set(happenings.map(({ kind }) => kind))).toEqual(new Set(kinds))
  expect(idle.length).toBeGreaterThan(0)
})

test('a year has as many operators and businesses as were asked for, in three currencies', () => {
  for (const options of [small, whole, { ...whole, seed: 7, operators: 13, businesses: 13 }]) {
    const { happenings } = planYear(options)
    const joined = happenings.filter(({ kind }) => kind === 'operator joins')
    const added = happenings.filter(({ kind }) => kind === 'business is added')
    expect(joined).toHaveLength(options.operators)
    expect(added).toHaveLength(options.businesses)
    const currencies = happenings.flatMap((each) => (each.kind === 'operator joins' ? each.currency : []))
    expect(new Set(currencies)).toEqual(new Set(['USD', 'EUR', 'GBP']))
  }
})

test('nothing is planned of a business or an operator before it is there, and nothing after the end', () => {
  const { happenings, days } = planYear(whole)
  const joined = new Set<number>()
  const added = new Set<string>()
  for (const each of happenings) {
    expect(each.day).toBeLessThan(days)
    expect(each.day).toBeGreaterThanOrEqual(0)
    if (!('operator' in each)) continue
    if (each.kind === 'operator joins') joined.add(each.operator)
    expect(joined).toContain(each.operator)
    if (each.kind === 'business is added') added.add(`${each.operator}/${each.business}`)
    if ('service' in each) expect(added).toContain(`${each.operator}/${each.business}`)
  }
})

test('29 February lies within, plans change on it and on a 31st, and a launch provider finds a hundred customers', () => {
  const { happenings, start } = planYear(whole)
  const dates = happenings
    .filter(({ kind }) => kind === 'plan is chosen')
    .map(({ day }) => new Date(start.getTime() + day * 86_400_000).toISOString().slice(5, 10))
  expect(dates).toContain('02-29')
  expect(dates.some((date) => date.endsWith('-31'))).toBe(true)
  const customers = happenings.flatMap((each) =>
    each.kind === 'business subscribes' && each.service < 2 ? each.operator : [],
  )
  expect(new Set(customers).size).toBeGreaterThan(100)
})

test('flags are whole numbers within bounds; anything else says which and what it takes', () => {
  expect(readFlags([])).toEqual({ operators: 200, businesses: 1_000, months: 12, seed: 1, hasChaos: true })
  expect(readFlags(['--no-chaos', '--seed', '9'])).toMatchObject({ hasChaos: false, seed: 9 })
  expect(readFlags(['--help'])).toBe('help')
  const refusals: [string[], RegExp][] = [
    [['--operators', '0'], /--operators takes a whole number from 1 to 5000, not 0/],
    [['--months', '1.5'], /--months takes a whole number from 1 to 24, not 1.5/],
    [['--businesses', '3', '--operators', '4'], /each has one at least/],
    [['--years', '2'], /--years/],
    [['more'], /more/],
  ]
  for (const [args, why] of refusals) {
    expect(() => readFlags(args)).toThrow(WrongFlag)
    expect(() => readFlags(args)).toThrow(why)
  }
})
