import { manifestOf, rowBuilders, runProvider } from '@bizq/sdk/testing'
import { describe, expect, test } from 'vitest'
import { expectMatching, expectSameOrder } from '../../testing/matching.ts'
import { changed, dice, reorderedWithinTime } from '../../testing/transform.ts'
import provider from './index.ts'

const now = '2026-11-20T09:00:00.000Z'
const today = Temporal.PlainDate.from('2026-11-20')
const on = (days: number) => today.add({ days }).toString()
const build = rowBuilders()
const account = build.accounts().id
const party = (n: number) => `cpy_${n.toString(16).padStart(32, '0')}`

type Transaction = ReturnType<typeof build.transactions>
const run = (transactions: readonly Transaction[], settings = {}, instant = now) =>
  runProvider(provider, { data: { transactions }, settings, now: instant })

const booking = (day: number, amount: number, more: Partial<Transaction>) =>
  build.transactions({ account, bookedAt: on(day), amount: { amount, currency: 'GBP' }, ...more })
const fuel = (day: number, more: Partial<Transaction> = {}) =>
  booking(day, -4500 - day, {
    counterparty: party(1),
    counterpartyText: 'SHELL KINGS 587',
    category: 'Fuel',
    ...more,
  })
const food = (day: number, more: Partial<Transaction> = {}) =>
  booking(day, -1200 + day, {
    counterparty: party(2),
    counterpartyText: 'Tesco Stores',
    category: 'Food',
    ...more,
  })
const kept = Array.from({ length: 120 }, (_, i) => (i % 2 ? fuel(i - 150) : food(i - 150)))

/** A year of bookings at forty places, most of them with one habit, a fifth still to be categorised. */
function books(seed: number) {
  const roll = dice(seed)
  const categories = ['Fuel', 'Food', 'Rent', 'Software', 'Travel']
  return Array.from({ length: 900 }, (_, i) => {
    const place = Math.floor(40 * roll() * roll())
    const habit = categories[(place + (roll() < 0.1 ? 1 : 0)) % 5] ?? null
    return booking(Math.floor(i / 2.6) - 350, -Math.round(100_000 * roll() ** 3), {
      counterparty: roll() < 0.8 ? party(place) : null,
      counterpartyText: `place ${'abcdefgh'[place % 8]} for cus_${place.toString(16).padStart(32, 'a')}`,
      merchantCategory: `kind ${place % 7}`,
      category: i > 600 && roll() < 0.5 ? null : habit,
    })
  })
}

describe('a proposal', () => {
  test('books a payment as its counterparty was booked before, and shows the latest such booking', async () => {
    const open = [fuel(-2, { category: null }), food(-1, { category: null })]
    const { proposals } = await run([...kept, ...open])
    const found = Object.fromEntries(
      proposals.map((p) => [p.parameters['transaction'], p.parameters['category']]),
    )
    expect(found).toEqual({ [open[0]?.id ?? '']: 'Fuel', [open[1]?.id ?? '']: 'Food' })
    const shown = proposals.find((p) => p.parameters['category'] === 'Fuel')?.because.map((row) => row.id)
    expect(shown).toEqual([open[0]?.id, kept.findLast((row) => row.category === 'Fuel')?.id])
  })

  test('reads the words of a counterparty that it does not know', async () => {
    const open = fuel(-2, { category: null, counterparty: party(77), counterpartyText: 'Shell Fiveways 387' })
    expect((await run([...kept, open])).proposals[0]?.parameters['category']).toBe('Fuel')
  })

  test('is only made where it is as sure as the operator asks', async () => {
    const open = booking(-1, -99, { counterpartyText: 'nobody knows' })
    expect((await run([...kept, open], { leastConfidence: 0.99 })).proposals).toEqual([])
  })

  test('is never made for money that comes in, unless it comes back from somebody who was paid', async () => {
    const sale = booking(-1, 9000, { counterparty: party(5), counterpartyText: 'Tesco Stores' })
    const refund = food(-1, { category: null, amount: { amount: 1200, currency: 'GBP' } })
    const { proposals } = await run([...kept, sale, refund])
    expect(proposals.map((p) => p.parameters)).toEqual([{ transaction: refund.id, category: 'Food' }])
  })

  test('only uses categories that the operator uses', async () => {
    const { proposals } = await run(books(9))
    expect(proposals.length).toBeGreaterThan(20)
    for (const { parameters } of proposals) {
      expect(['Fuel', 'Food', 'Rent', 'Software', 'Travel']).toContain(parameters['category'])
    }
  })

  test('claims a confidence that holds', async () => {
    const rows = books(5)
    const truth = (row: Transaction) =>
      ['Fuel', 'Food', 'Rent', 'Software', 'Travel'][
        Number.parseInt(row.counterparty?.slice(4) ?? '', 16) % 5
      ]
    const known = new Map(rows.map((row) => [row.id, truth(row)]))
    const judged = (await run(rows)).proposals.filter((p) => known.get(String(p.parameters['transaction'])))
    const right = judged.filter(
      (p) => known.get(String(p.parameters['transaction'])) === p.parameters['category'],
    )
    const claimed = judged.reduce((sum, p) => sum + p.confidence, 0) / judged.length
    expect(Math.abs(right.length / judged.length - claimed)).toBeLessThan(0.12)
  })
})

describe('odd data', () => {
  test('without history, or with one row, nothing is claimed', async () => {
    expect((await run([])).proposals).toEqual([])
    expect((await run([fuel(-1, { category: null })])).proposals).toEqual([])
    expect((await run([fuel(-5), fuel(-1, { category: null })])).proposals).toEqual([])
  })

  test('zeros, huge amounts and missing texts are no trouble', async () => {
    const odd = [0, 1, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER].map((amount) =>
      booking(-1, amount, { counterparty: null, counterpartyText: null, description: null }),
    )
    const { proposals } = await run([...kept, ...odd], { leastConfidence: 0.3 })
    expect(proposals.every((p) => Number.isSafeInteger(p.impact?.amount))).toBe(true)
  })

  test('no more than 500 are proposed at a time, the surest', async () => {
    const open = Array.from({ length: 700 }, () => fuel(-1, { category: null }))
    expect((await run([...kept, ...open])).proposals).toHaveLength(500)
  })
})

describe('the same business elsewhere', () => {
  test.each([1, 2, 3])('is categorised alike on re-keyed, rescaled and shifted data (%i)', async (seed) => {
    const rows = books(seed)
    const output = await run(rows)
    expect(output.proposals.length).toBeGreaterThan(20)
    for (const change of [
      { key: 'other' },
      { factor: 311.7 },
      { days: 365 },
      { key: 'x', factor: 8.31, days: -365 },
    ]) {
      const other = await run(changed(rows, change), {}, changed(now, change))
      expectMatching(other, changed(output, change), change.factor)
      expectSameOrder(other, changed(output, change))
    }
  })

  test('does not depend on the order of rows of one day', async () => {
    const rows = books(4)
    const output = await run(rows)
    expectMatching(await run(reorderedWithinTime(rows, (row) => row.bookedAt)), output)
    expect(await run(rows)).toEqual(output)
  })
})

test('its manifest is one that the platform accepts', () => {
  expect(manifestOf(provider).capabilities).toEqual(['expense_categorisation'])
})
