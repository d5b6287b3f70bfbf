import { expect } from 'vitest'
import { billingTest, openShop } from '../../../test/billing.ts'
import type { Person } from '../../../test/people.ts'
import { makeRefund } from '../../../test/refunds.ts'
import { workOff } from '../../../test/stripe.ts'
import { settleRefundJob } from './index.ts'

const test = billingTest()
const usd = (amount: number) => ({ amount, currency: 'USD' })
const shop = { monthly: usd(2_000) }

/** What is used of the plan's credit. */
const usedOf = async (operator: Person): Promise<number> =>
  (await operator.get('/v1/billing')).body.credit.service.used.amount
const noticesOf = async (operator: Person) =>
  (await operator.get('/v1/notices')).body.items
    .map(({ money }: { money: { what: string; amount: object } | null }) => money)
    .filter((money: { what: string } | null) => money && /credit|refund/.test(money.what))

test('money back of what the plan’s credit had paid gives the credit of the period back, and says so before', async ({
  platform,
  operator,
  till,
}) => {
  const { subscription } = await openShop(platform, operator, till, shop)
  await till.begin()
  const used = await usedOf(operator)
  const path = `/v1/subscriptions/${subscription}/money-back`
  const back = { toCard: usd(0), toCredit: usd(0), creditBack: usd(used), covered: usd(0) }
  expect((await operator.get(path)).body).toMatchObject({ state: 'possible', back })
  expect((await operator.post(path)).body).toMatchObject({ total: usd(0), ...back })
  await workOff(platform, [settleRefundJob])
  expect([used > 2_000, await usedOf(operator)]).toEqual([true, 0])
  expect((await operator.get('/v1/refunds')).body.items[0]).toMatchObject({
    cause: 'money_back',
    toCard: usd(0),
  })
  expect((await operator.get(path)).body).toMatchObject({ state: 'done', back: null })
  expect(await noticesOf(operator)).toMatchObject([{ what: 'credit-back', amount: usd(used) }])
  expect(await till.newest()).toMatchObject({
    refunded: usd(0),
    taken: usd(0),
    creditBack: usd(used),
    covered: usd(0),
  })
})

test('of credit of a period that is over nothing comes back, and nobody is told of money', async ({
  platform,
  operator,
  admin,
  till,
}) => {
  await openShop(platform, operator, till, shop)
  await till.begin()
  const { id: first, lines } = await till.newest()
  const line = lines.find(({ kind }: { kind: string }) => kind === 'catch-up').id
  expect((await admin.get(`/v1/admin/refunds/lines/${line}`)).body).toMatchObject({
    leftPaid: usd(0),
    leftCovered: usd(0),
    isDisputed: false,
  })
  await till.advance(31)
  await till.refund()
  const used = await usedOf(operator)
  const said = (await admin.get(`/v1/admin/refunds/lines/${line}`)).body
  expect(said).toMatchObject({ leftPaid: usd(0), leftCredit: usd(0), leftCovered: said.left })
  const amount = said.left.amount
  expect(amount).toBeGreaterThan(0)
  await makeRefund(admin, line)
  await workOff(platform, [settleRefundJob])
  expect(await usedOf(operator)).toBe(used)
  expect(await noticesOf(operator)).toEqual([])
  const invoice = (await operator.get(`/v1/invoices/${first}`)).body
  expect(invoice).toMatchObject({ refunded: usd(0), creditBack: usd(0) })
  // What did not run in the month ahead is in it too: credit had paid for that as well.
  expect(invoice.covered.amount).toBeGreaterThanOrEqual(amount)
})
