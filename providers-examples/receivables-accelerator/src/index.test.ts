import { manifestOf, rowBuilders, runProvider } from '@bizq/sdk/testing'
import { describe, expect, test } from 'vitest'
import { expectMatching, expectSameOrder } from '../../testing/matching.ts'
import { changed, dice, reorderedWithinTime } from '../../testing/transform.ts'
import provider from './index.ts'
import { wordsAfter } from './words.ts'

const now = '2026-11-20T09:00:00.000Z'
const today = Temporal.PlainDate.from('2026-11-20')
const on = (days: number) => today.add({ days }).toString()
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const build = rowBuilders()
const [slow, prompt] = [build.customers().id, build.customers().id]

type Invoice = ReturnType<typeof build.invoices>
const run = (invoices: readonly Invoice[], settings = {}, at = now) =>
  runProvider(provider, { data: { invoices }, settings, now: at })
const reminded = async (invoices: readonly Invoice[], settings = {}) =>
  (await run(invoices, settings)).proposals.map((p) => p.parameters['invoice'])

const paid = (customer: string, daysLate: number, times = 8) =>
  Array.from({ length: times }, (_, i) => {
    const [dueAt, paidAt] = [on(-300 + i * 20), on(-300 + i * 20 + daysLate)]
    return build.invoices({
      customer,
      issuedAt: on(-330 + i * 20),
      dueAt,
      paidAt,
      status: 'paid',
      amountDue: gbp(0),
    })
  })
const late = (customer: string, days: number, amount = 50_000, more: Partial<Invoice> = {}) =>
  build.invoices({
    customer,
    issuedAt: on(-days - 30),
    dueAt: on(-days),
    amountDue: gbp(amount),
    status: 'open',
    ...more,
  })

function ledger(seed: number) {
  const roll = dice(seed)
  const customers = Array.from({ length: 12 }, () => build.customers().id)
  const habits = customers.map(() => Math.round(40 * roll()) - 5)
  return customers.flatMap((customer, i) => [
    ...paid(customer, habits[i] ?? 0, 3 + Math.round(6 * roll())),
    ...Array.from({ length: 5 }, () =>
      late(customer, Math.round(80 * roll()) - 10, 1 + Math.round(1e6 * roll())),
    ),
  ])
}

describe('a reminder', () => {
  test('is for what is open and later than the days of grace', async () => {
    const [due, void_, settled] = [late(slow, 6), late(slow, 20, 5, { status: 'void' }), late(slow, 20, 0)]
    expect(await reminded([late(slow, 5), due, void_, settled, late(slow, -3)])).toEqual([due.id])
    expect(await reminded([due], { graceDays: 6 })).toEqual([])
  })

  test('comes first where it brings cash in soonest: for much money, from those who wait long', async () => {
    const history = [...paid(slow, 45), ...paid(prompt, 2)]
    const [fromSlow, fromPrompt, large] = [late(slow, 8), late(prompt, 8), late(prompt, 8, 900_000)]
    expect(await reminded([...history, fromPrompt, fromSlow, large])).toEqual([
      large.id,
      fromSlow.id,
      fromPrompt.id,
    ])
  })

  test('waits after the last one, and stops after the most that the operator allows', async () => {
    const rested = late(slow, 40, 100, { remindedAt: on(-10), remindersSent: 1 })
    const fresh = late(slow, 40, 100, { remindedAt: on(-9), remindersSent: 1 })
    const enough = late(slow, 60, 100, { remindedAt: on(-30), remindersSent: 3 })
    expect(await reminded([rested, fresh, enough])).toEqual([rested.id])
  })

  test('does not heap up on one customer', async () => {
    const many = Array.from({ length: 9 }, (_, i) => late(slow, 10 + i, 1000 + i))
    expect(await reminded(many)).toHaveLength(3)
    const asked = late(slow, 30, 500, { remindedAt: on(-2), remindersSent: 1 })
    expect(await reminded([...many, asked])).toHaveLength(2)
  })

  test('is surer the longer that customer is to be waited for', async () => {
    const history = [...paid(slow, 45), ...paid(prompt, 8)]
    const { proposals } = await run([...history, late(slow, 6), late(prompt, 6)])
    expect(proposals[0]?.confidence).toBeGreaterThan(proposals[1]?.confidence ?? 1)
  })

  test('shows the invoice and what that customer paid before', async () => {
    const history = paid(slow, 30)
    const invoice = late(slow, 12)
    const { proposals } = await run([...history, ...paid(prompt, 1), invoice])
    const latest = history.slice(-5).map((row) => ({ dataset: 'invoices', id: row.id }))
    expect(proposals[0]?.because).toEqual([{ dataset: 'invoices', id: invoice.id }, ...latest])
    expect(proposals[0]?.impact).toEqual(invoice.amountDue)
  })

  test('grows plainer with each one already sent, and names no amount of its own', () => {
    expect(new Set([0, 1, 2].map((sent) => wordsAfter(sent).text)).size).toBe(3)
    expect(wordsAfter(9)).toEqual(wordsAfter(2))
    for (const sent of [0, 1, 2]) expect(Object.values(wordsAfter(sent)).join('')).not.toMatch(/\d/)
  })
})

describe('odd data', () => {
  test('nothing, one paid invoice, or invoices without a customer are no trouble', async () => {
    expect(await reminded([])).toEqual([])
    expect(await reminded(paid(slow, 3, 1))).toEqual([])
    const unknown = [late('', 9, 10, { customer: null }), late('', 19, 10, { customer: null })]
    expect(await reminded(unknown)).toHaveLength(2)
  })

  test('credit notes and zeros are never reminded of, and huge amounts are', async () => {
    const huge = late(prompt, 20, Number.MAX_SAFE_INTEGER)
    expect(await reminded([late(slow, 20, 0), late(slow, 20, -5000), huge, late(slow, 20, 1)])).toContain(
      huge.id,
    )
    expect(await reminded([late(slow, 20, 0), late(slow, 20, -5000)])).toEqual([])
  })

  test('a thousand late invoices of as many customers give 500 reminders', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => late(build.customers().id, 10 + (i % 50), 1000 + i))
    expect(await reminded(many)).toHaveLength(500)
  })

  test('currencies are weighed by their own totals', async () => {
    const yen = late(slow, 10, 90_000_000, { amountDue: { amount: 90_000_000, currency: 'JPY' } })
    expect(await reminded([yen, late(prompt, 10, 10)])).toHaveLength(2)
  })
})

describe('the same business elsewhere', () => {
  test.each([1, 2, 3])('is reminded of the matching invoices in the same order (%i)', async (seed) => {
    const invoices = ledger(seed)
    const output = await run(invoices)
    expect(output.proposals.length).toBeGreaterThan(10)
    for (const change of [
      { key: 'other' },
      { factor: 311.7 },
      { days: 365 },
      { key: 'x', factor: 8.31, days: -365 },
    ]) {
      const other = await run(changed(invoices, change), {}, changed(now, change))
      expectMatching(other, changed(output, change), change.factor)
      expectSameOrder(other, changed(output, change))
    }
  })

  test('does not depend on the order of invoices of one day, even of those that are alike', async () => {
    const alike = Array.from({ length: 6 }, () => late(slow, 20, 777))
    const invoices = [...ledger(4), ...alike]
    const output = await run(invoices)
    expectMatching(await run(reorderedWithinTime(invoices, (row) => row.issuedAt)), output)
    expectMatching(await run(changed(invoices, { key: 'z' })), changed(output, { key: 'z' }))
    expect(await run(invoices)).toEqual(output)
  })
})

test('its manifest is one that the platform accepts', () => {
  expect(manifestOf(provider).actions).toEqual([{ type: 'invoice.remind' }])
})
