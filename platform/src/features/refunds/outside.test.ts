import { expect } from 'vitest'
import { payInvoice } from '../../../test/invoices.ts'
import { makeRefund, moved, refundJobs as jobs, refundsOf, test } from '../../../test/refunds.ts'
import { control, deliver, listEvents, workOff } from '../../../test/stripe.ts'

test('a refund that was made at Stripe itself is shared over what the card had paid', async ({
  money,
  payer,
  provider,
}) => {
  const { charge } = await payInvoice(money, payer, [{ provider, card: 1_000 }, { card: 3_000 }])
  await moved(money)
  await money.deps.stripe.refunds.create({ charge, amount: 400 })
  const events = await listEvents(money)
  await deliver(money, [...events, ...events])
  await workOff(money, jobs)
  expect(
    (await refundsOf(payer))
      .map(({ cause, amount }: { cause: string; amount: { amount: number } }) => [cause, amount.amount])
      .sort(),
  ).toEqual([
    ['outside', 100],
    ['outside', 300],
  ])
  expect(await moved(money)).toMatchObject({ stripe_balance: -400 })
})
test('what no line covers of a refund that was made at Stripe is borne by the platform, until the card sends it back', async ({
  money,
  admin,
  payer,
}) => {
  const { charge, wire } = await payInvoice(money, payer, [{ card: 1_000 }])
  await makeRefund(admin, wire[0], { way: 'account_credit', amount: 700 })
  await workOff(money, jobs)
  await moved(money)
  const { id } = await money.deps.stripe.refunds.create({ charge, amount: 1_000 })
  const follow = async () => {
    const events = await listEvents(money)
    await deliver(money, [...events, ...events])
    await Promise.all([workOff(money, jobs), workOff(money, jobs)])
  }
  await follow()
  expect(await moved(money)).toEqual({ stripe_balance: -1_000, bad_debt: 700, platform_revenue: 300 })
  await control(money, `refunds/${id}/end`, { paid: false })
  await follow()
  expect(await moved(money, { operator_credit: payer })).toMatchObject({
    stripe_balance: 1_000,
    bad_debt: -700,
  })
})
