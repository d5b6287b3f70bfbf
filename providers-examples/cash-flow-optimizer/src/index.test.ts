import { manifestOf, rowBuilders, runProvider } from '@bizq/sdk/testing'
import { describe, expect, test } from 'vitest'
import { expectMatching, expectSameOrder } from '../../testing/matching.ts'
import { changed, dice, reorderedWithinTime } from '../../testing/transform.ts'
import provider from './index.ts'

const now = '2026-11-20T09:00:00Z'
const today = Temporal.PlainDate.from('2026-11-20')
const on = (days: number) => today.add({ days }).toString()
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
type Data = NonNullable<
  NonNullable<Parameters<typeof runProvider<typeof provider.data, undefined>>[1]>['data']
>
const run = (data: Data, at = now, settings = {}) => runProvider(provider, { data, now: at, settings })

/** A year of a shop that earns and spends about 10,000 a week, with `cash` in the bank and bills to come. */
function shop(cash: number, seed = 1) {
  const [build, roll] = [rowBuilders(), dice(seed)]
  const account = build.accounts({ kind: 'bank', balance: gbp(cash), balanceAt: on(-1) })
  const transactions = Array.from({ length: 364 }, (_, i) => [
    build.transactions({
      account: account.id,
      bookedAt: on(i - 364),
      amount: gbp(Math.round(2000 * roll())),
    }),
    build.transactions({
      account: account.id,
      bookedAt: on(i - 364),
      amount: gbp(-Math.round(2100 * roll())),
    }),
  ]).flat()
  const bills = Array.from({ length: 12 }, (_, i) =>
    build.bills({ dueAt: on(3 + i * 4), amountDue: gbp(1000 + Math.round(4000 * roll())), status: 'open' }),
  )
  const paid = Array.from({ length: 20 }, (_, i) => {
    const dueAt = on(-200 + i * 9)
    return build.invoices({ dueAt, paidAt: on(-190 + i * 9), status: 'paid', amountDue: gbp(0) })
  })
  const open = Array.from({ length: 8 }, (_, i) =>
    build.invoices({ dueAt: on(i * 7), amountDue: gbp(1500 + Math.round(3000 * roll())), status: 'open' }),
  )
  return { accounts: [account], transactions, bills, invoices: [...paid, ...open] }
}
const tight = shop(26_000)

describe('the forecast', () => {
  test('has thirteen weeks with a low, a middle and a high edge, in money', async () => {
    const { metrics } = await run(tight)
    for (let week = 1; week <= 13; week++) {
      const [low, mid, high] = ['low', 'mid', 'high'].map(
        (edge) => metrics[`forecast.${week}.${edge}`] as { amount: number; currency: string },
      )
      expect(low?.currency).toBe('GBP')
      expect(low?.amount).toBeLessThan(mid?.amount ?? Number.NaN)
      expect(mid?.amount).toBeLessThan(high?.amount ?? Number.NaN)
    }
  })

  test('starts from the balance and what was booked after it', async () => {
    const build = rowBuilders()
    const account = build.accounts({ balance: gbp(1000), balanceAt: on(-10) })
    const transactions = [-20, -10, -9, -1].map((day) =>
      build.transactions({ account: account.id, bookedAt: on(day), amount: gbp(100) }),
    )
    const { metrics } = await run({ accounts: [account], transactions })
    // Two rows came after the balance; three weeks of history brought 133 a week.
    expect(metrics['forecast.1.mid']).toEqual(gbp(1200 + 133))
  })

  test('does not count moves between own accounts', async () => {
    const transfers = tight.transactions.map((row) => ({ ...row, isTransfer: true }))
    const { metrics } = await run({ ...tight, transactions: [...tight.transactions, ...transfers] })
    expect(metrics['runway']).toEqual((await run(tight)).metrics['runway'])
  })
})

describe('the plan', () => {
  test('moves bills and offers discounts only when the runway is not kept', async () => {
    expect((await run(shop(10_000_000))).proposals).toEqual([])
    const { proposals } = await run(tight)
    expect(proposals.filter((p) => p.type === 'bill.reschedule').length).toBeGreaterThan(0)
    expect(proposals.filter((p) => p.type === 'invoice.offer_discount').length).toBeGreaterThan(0)
  })

  test('asks for more the longer the runway that the operator set', async () => {
    const count = async (runwayWeeks: number) => (await run(tight, now, { runwayWeeks })).proposals.length
    expect(await count(1)).toBeLessThan(await count(6))
  })

  test('puts a bill off by the days that the operator allows, and only into the future', async () => {
    const { proposals } = await run(tight, now, { delayDays: 21 })
    const moved = proposals.filter((p) => p.type === 'bill.reschedule')
    for (const { parameters } of moved) {
      const bill = tight.bills.find((b) => b.id === parameters['bill'])
      expect(parameters['dueAt']).toBe(
        Temporal.PlainDate.from(bill?.dueAt ?? '')
          .add({ days: 21 })
          .toString(),
      )
    }
  })

  test('never touches a bill or an invoice that is not open, nor an offer already made', async () => {
    const bills = tight.bills.map((bill) => ({ ...bill, status: 'paid' as const }))
    const invoices = tight.invoices.map((invoice) => ({ ...invoice, discountUntil: on(3) }))
    expect((await run({ ...tight, bills, invoices })).proposals).toEqual([])
  })
})

describe('odd data', () => {
  test('nothing at all, or one row, gives no proposal and says what is missing', async () => {
    for (const data of [{}, { transactions: tight.transactions.slice(0, 1) }, { accounts: tight.accounts }]) {
      const output = await run(data)
      expect(output.proposals).toEqual([])
      expect(output.recommendations[0]?.text).toContain('balance')
    }
  })

  test('it does without bills and invoices', async () => {
    const { proposals, metrics } = await run({ accounts: tight.accounts, transactions: tight.transactions })
    expect(proposals).toEqual([])
    expect(metrics['forecast.13.mid']).toBeDefined()
  })

  test('zeros, negative balances and huge amounts stay within what money can hold', async () => {
    const huge = Number.MAX_SAFE_INTEGER
    for (const amount of [0, 1, huge, -huge]) {
      const set = <T>(rows: readonly T[], field: string) =>
        rows.map((row) => ({ ...row, [field]: gbp(amount) }))
      const output = await run({
        accounts: set(tight.accounts, 'balance'),
        transactions: set(tight.transactions, 'amount'),
        bills: set(tight.bills, 'amountDue'),
        invoices: set(tight.invoices, 'amountDue'),
      })
      for (const value of Object.values(output.metrics)) {
        expect(Number.isSafeInteger((value as { amount: number }).amount)).toBe(true)
      }
    }
  })

  test('a second currency leaves the first one’s plan as it is', async () => {
    const build = rowBuilders()
    const dollars = build.bills({ dueAt: on(5), amountDue: { amount: 9e9, currency: 'USD' }, status: 'open' })
    expectMatching(await run({ ...tight, bills: [...tight.bills, dollars] }), await run(tight))
  })
})

describe('the same business elsewhere', () => {
  test.each([1, 2, 3])(
    'proposes the matching actions on re-keyed, rescaled and shifted data (%i)',
    async (seed) => {
      const data = shop(26_000, seed)
      const output = await run(data)
      expect(output.proposals.length).toBeGreaterThan(0)
      for (const change of [
        { key: 'other' },
        { factor: 311.7 },
        { days: 365 },
        { key: 'x', factor: 8.31, days: -365 },
      ]) {
        const other = await run(changed(data, change), changed('2026-11-20T09:00:00.000Z', change))
        expectMatching(other, changed(output, change), change.factor)
        expectSameOrder(other, changed(output, change))
      }
    },
  )

  test('proposes the same whatever the order of rows of one day, and twice alike', async () => {
    const mixed = {
      accounts: tight.accounts,
      transactions: reorderedWithinTime(tight.transactions, (row) => row.bookedAt),
      bills: reorderedWithinTime(tight.bills, (row) => row.issuedAt),
      invoices: reorderedWithinTime(tight.invoices, (row) => row.issuedAt),
    }
    expectMatching(await run(mixed), await run(tight))
    expect(await run(tight)).toEqual(await run(tight))
  })
})

test('its manifest is one that the platform accepts', () => {
  expect(manifestOf(provider).settings?.['properties']).toMatchObject({ runwayWeeks: { default: 4 } })
})
