import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { asPlatform } from '../../../test/money.ts'
import { enable, fund } from '../../../test/payouts.ts'
import type { Person } from '../../../test/people.ts'
import { paidInvoice, paidLine, settle } from '../../../test/sales.ts'
import { moneyTest, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { makeTransferJob, planTransfersJob, reverseSale, reverseTransferJob, type PaidLine } from './index.ts'

const months = ['2027-01', '2027-02', '2027-03'] as const
let now = new Date()

const test = moneyTest({ clock: () => now })

interface Sum {
  amount: number
  currency: string
}
type Balance = Record<'opening' | 'earned' | 'refunded' | 'transferred' | 'returned' | 'closing', Sum>
interface Total {
  balance: Sum
}

const goTo = (day: string) => void (now = new Date(`${day}T10:00:00.000Z`))
const service = { id: randomUUID(), name: 'Invoice chaser' }

/** Paid on a day, in a currency: so much of a card, so much of the plan's credit. */
async function sell(
  platform: MoneyPlatform,
  parties: { operator: Person; provider: Person },
  day: string,
  change: Partial<PaidLine>,
  currency = 'USD',
): Promise<PaidLine> {
  goTo(day)
  const { sale } = paidLine(parties.provider)
  const line = paidLine(parties.provider, {
    ...change,
    sale: sale && { ...sale, service, month: day.slice(0, 7) },
  })
  const terms = { currency, paidAt: now, availableAt: now, processingFee: 37n }
  await settle(platform, paidInvoice(parties.operator, [line], terms))
  return line
}

async function giveBack(
  platform: MoneyPlatform,
  day: string,
  line: PaidLine,
  amount: bigint,
  to: 'card' | 'dispute',
) {
  goTo(day)
  const refund = randomUUID()
  const cause = { type: 'refund', id: refund }
  await asPlatform(platform, (unit) =>
    reverseSale(unit, { refund, cause, line: line.id, amount, to, at: now }),
  )
  await workOff(platform, [reverseTransferJob])
}

async function transfer(platform: MoneyPlatform, day: string) {
  goTo(day)
  await planTransfersJob.handle(platform.deps, [{}])
  await workOff(platform, [makeTransferJob, reverseTransferJob])
}

/** Three months of sales, refunds, a dispute that is won, transfers, one taken back, and a balance below zero. */
async function passThreeMonths(platform: MoneyPlatform, operator: Person, provider: Person): Promise<void> {
  const parties = { operator, provider }
  goTo('2027-01-01')
  for (const currency of ['usd', 'eur', 'gbp']) await fund(platform, 50_000, currency)
  await enable(platform, provider)
  const first = await sell(platform, parties, '2027-01-05', { card: 9_001n, promotional: 777n })
  await sell(platform, parties, '2027-01-06', { card: 1_900n, conversion: 38n }, 'EUR')
  await giveBack(platform, '2027-01-20', first, 333n, 'card')
  await transfer(platform, '2027-02-01')
  const second = await sell(platform, parties, '2027-02-05', { card: 3_333n, sharePercent: 90 })
  await sell(
    platform,
    parties,
    '2027-02-05',
    { promotional: 2_200n, promotionalAccount: 'launch_cost' },
    'GBP',
  )
  await giveBack(platform, '2027-02-10', first, 4_000n, 'card')
  await giveBack(platform, '2027-02-11', second, 3_333n, 'dispute')
  await transfer(platform, '2027-03-01')
  await sell(platform, parties, '2027-03-05', { card: 1_900n, conversion: 38n }, 'EUR')
  await giveBack(platform, '2027-03-09', second, -3_333n, 'dispute')
}

const instant = (month: string, later = 0) =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + later, 1)).toISOString()

test('a provider’s earnings, statements and the ledger say one and the same of every month', async ({
  platform,
  operator,
  provider,
  admin,
}) => {
  await passThreeMonths(platform, operator, provider)
  const path = `/v1/admin/ledger/totals?account=provider_payable&party=${provider.organisation}`
  const inLedger = async (query: string): Promise<Sum[]> =>
    (await admin.get(`${path}${query}`)).body.items.map(({ balance }: Total) => balance)
  const sums = new Map<string, number>()
  const before = new Map<string, number>()
  for (const month of months) {
    const { balances } = (await provider.get(`/v1/provider/statements/${month}`)).body
    const moved = await inLedger(`&from=${instant(month)}&until=${instant(month, 1)}`)
    const stood = await inLedger(`&until=${instant(month, 1)}`)
    expect(stood.length).toBeGreaterThan(0)
    for (const { opening, earned, refunded, transferred, returned, closing } of balances as Balance[]) {
      const { currency } = closing
      const of = (all: Sum[]) => all.find((one) => one.currency === currency)?.amount ?? 0
      const came = earned.amount - refunded.amount - transferred.amount + returned.amount
      expect(0 - of(moved), `${month} ${currency}`).toBe(came)
      expect(0 - of(stood), `${month} ${currency}`).toBe(closing.amount)
      expect(opening.amount).toBe(before.get(currency) ?? 0)
      expect(opening.amount + came).toBe(closing.amount)
      before.set(currency, closing.amount)
      sums.set(currency, (sums.get(currency) ?? 0) + earned.amount - refunded.amount)
    }
  }
  const february = (await provider.get('/v1/provider/statements/2027-02')).body
  const dollars = february.balances.find(({ closing }: Balance) => closing.currency === 'USD')
  expect(dollars.transferred.amount).toBeGreaterThan(0)
  expect(dollars.returned.amount).toBeGreaterThan(0)
  const { totals, items } = (await provider.get('/v1/provider/earnings')).body
  expect(totals.map(({ net }: { net: Sum }) => [net.currency, net.amount])).toEqual([...sums].sort())
  for (const [currency, sum] of sums) {
    const lines = items.filter(({ net }: { net: Sum }) => net.currency === currency)
    expect(lines.reduce((all: number, { net }: { net: Sum }) => all + net.amount, 0)).toBe(sum)
  }
  const { payable } = (await provider.get('/v1/provider/account')).body
  expect(payable.map(({ amount, currency }: Sum) => [currency, amount])).toEqual([...before].sort())
})
